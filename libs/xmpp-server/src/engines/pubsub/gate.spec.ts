import { describe, expect, it } from '@jest/globals';
import { Gates } from './gate.js';

function script() {
  const gates = new Gates();
  const log: string[] = [];
  const done = new Map<string, () => void>();
  const task = (name: string) => async () => {
    log.push(`+${name}`);
    await new Promise<void>((resolve) => done.set(name, resolve));
    log.push(`-${name}`);
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const finish = async (name: string) => {
    done.get(name)?.();
    await settle();
  };
  return { gates, log, task, finish, settle };
}

describe('gates', () => {
  it('let shared tasks run together, and nobody past an exclusive one', async () => {
    const { gates, log, task, finish, settle } = script();
    const all = [
      gates.shared('n', task('a')),
      gates.shared('n', task('b')),
      gates.exclusive('n', task('X')),
      gates.shared('n', task('c')),
    ];
    await settle();
    expect(log).toEqual(['+a', '+b']);
    await finish('b');
    await finish('a');
    expect(log.slice(2)).toEqual(['-b', '-a', '+X']);
    await finish('X');
    await finish('c');
    await Promise.all(all);
    expect(log.slice(5)).toEqual(['-X', '+c', '-c']);
  });

  it('go on after a failed task', async () => {
    const { gates } = script();
    await expect(gates.exclusive('n', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gates.shared('n', () => Promise.resolve(1))).resolves.toBe(1);
  });

  it('of different names know nothing of each other', async () => {
    const { gates, log, task, finish, settle } = script();
    const all = [gates.exclusive('m', task('m')), gates.exclusive('n', task('n'))];
    await settle();
    expect(log).toEqual(['+m', '+n']);
    await finish('m');
    await finish('n');
    await Promise.all(all);
  });
});
