import { describe, expect, it } from '@jest/globals';
import { Hook } from './hooks.js';

describe('a hook', () => {
  it('asks in order, and nobody after the one who claims', () => {
    const hook = new Hook<string>();
    const asked: string[] = [];
    const handler = (name: string, claims: boolean) => () => {
      asked.push(name);
      return claims;
    };
    hook.on(handler('late', false), 5);
    hook.on(handler('first', false));
    hook.on(handler('claims', true));
    hook.on(handler('early', false), -5);
    expect(hook.claim('event')).toBe(true);
    expect(asked).toEqual(['early', 'first', 'claims']);
  });

  it('tells each handler to its end before the next', async () => {
    const hook = new Hook<string>();
    const log: string[] = [];
    hook.on(async () => {
      await Promise.resolve();
      log.push('one');
    });
    hook.on(() => log.push('two'));
    await hook.tell('event');
    expect(log).toEqual(['one', 'two']);
  });

  it('forgets a handler that was disposed of', () => {
    const hook = new Hook<string>();
    const dispose = hook.on(() => true);
    dispose();
    dispose();
    expect(hook.claim('event')).toBe(false);
  });
});
