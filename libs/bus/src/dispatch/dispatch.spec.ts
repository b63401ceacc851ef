import { describe, expect, it } from '@jest/globals';
import { Backlog } from './backlog.js';
import { Gate } from './gate.js';

function held() {
  let release!: () => void;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}

describe('a gate', () => {
  it('starts no more than its limit, and is idle when all have ended, failures included', async () => {
    const gate = new Gate(2);
    const [first, second] = [held(), held()];
    const run = gate.tryRun(() => first.promise.then(() => 'one'));
    const failing = gate.tryRun(() => second.promise.then(() => Promise.reject(new Error('two'))));
    expect(gate.tryRun(() => Promise.resolve('three'))).toBeUndefined();
    let idle = false;
    const ended = gate.idle().then(() => (idle = true));
    first.release();
    expect(await run).toBe('one');
    expect(idle).toBe(false);
    second.release();
    await expect(failing).rejects.toThrow('two');
    await ended;
    expect(gate.tryRun(() => Promise.resolve('four'))).toBeDefined();
  });
});

describe('a backlog', () => {
  it('runs one after another, and gives the oldest up when too many wait', async () => {
    const [seen, first] = [[] as string[], held()];
    let dropped = 0;
    const backlog = new Backlog(2, () => (dropped += 1));
    backlog.add(() => first.promise.then(() => void seen.push('a')));
    for (const name of ['b', 'c', 'd']) backlog.add(() => Promise.resolve(void seen.push(name)));
    first.release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['a', 'c', 'd']);
    expect(dropped).toBe(1);
  });

  it('forgets what waits when it is closed, and ends with what runs', async () => {
    const [seen, first] = [[] as string[], held()];
    const backlog = new Backlog(9, () => undefined);
    backlog.add(() => first.promise.then(() => void seen.push('a')));
    backlog.add(() => Promise.resolve(void seen.push('b')));
    const closed = backlog.close();
    first.release();
    await closed;
    expect(seen).toEqual(['a']);
  });
});
