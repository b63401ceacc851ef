import { describe, expect, it } from '@jest/globals';
import { TaskQueue } from './task-queue.js';

describe('a task queue', () => {
  it('runs tasks of one name one after the other, also after a failure', async () => {
    const queue = new TaskQueue();
    const log: string[] = [];
    const task = (name: string) => async () => {
      log.push(`+${name}`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`-${name}`);
    };
    const failing = queue.run('a', () => Promise.reject(new Error('no')));
    const running = [queue.run('a', task('1')), queue.run('a', task('2')), queue.run('b', task('x'))];
    await expect(failing).rejects.toThrow('no');
    await Promise.all(running);
    expect(log.filter((entry) => !entry.includes('x'))).toEqual(['+1', '-1', '+2', '-2']);
    expect(log.indexOf('+x')).toBeLessThan(log.indexOf('-1'));
    await queue.idle();
  });
});
