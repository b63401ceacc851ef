import { describe, expect, it } from '@jest/globals';
import { systemClock, type Clock } from '@nestanza/core';
import { SaslFailure, type Authenticator } from '@nestanza/xmpp/internal';
import { LoginThrottle } from './login-throttle.js';

const authenticator: Authenticator = {
  decoy: { secret: Buffer.from('s'), iterations: 10_000 },
  credentials: async () => undefined,
};

function scene(capacity?: number) {
  let now = 0;
  const clock: Clock = { ...systemClock, now: () => now };
  const throttle = new LoginThrottle(clock, capacity);
  const fail = async (username: string, address: string | undefined, times = 1) => {
    const guarded = throttle.guarding(authenticator, address);
    for (let round = 0; round < times; round++) guarded.attempted!({ username, succeeded: false });
  };
  const isLetTry = (username: string, address?: string) => {
    try {
      void throttle.guarding(authenticator, address).credentials(username, 'SHA-256');
      return true;
    } catch (error) {
      if (error instanceof SaslFailure && error.condition === 'temporary-auth-failure') return false;
      throw error;
    }
  };
  return { throttle, fail, isLetTry, pass: (ms: number) => (now += ms) };
}

describe('failed logins', () => {
  it('are slowed down by account and address, without locking the account for others', async () => {
    const { fail, isLetTry } = scene();
    await fail('alice', '192.0.2.1', 9);
    expect(isLetTry('alice', '192.0.2.1')).toBe(true);
    await fail('alice', '192.0.2.1');
    expect([isLetTry('alice', '192.0.2.1'), isLetTry('alice', '192.0.2.2'), isLetTry('bob', '192.0.2.1')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('are forgiven with time', async () => {
    const { fail, isLetTry, pass } = scene();
    await fail('alice', '192.0.2.1', 10);
    pass(5_999);
    expect(isLetTry('alice', '192.0.2.1')).toBe(false);
    pass(1);
    expect(isLetTry('alice', '192.0.2.1')).toBe(true);
  });

  it('add up for an address that tries many names, and for a name that many addresses try', async () => {
    const { fail, isLetTry } = scene();
    for (let n = 0; n < 100; n++) await fail(`user${n}`, '192.0.2.1');
    for (let n = 0; n < 100; n++) await fail('alice', `198.51.100.${n}`);
    expect([isLetTry('new', '192.0.2.1'), isLetTry('alice', '203.0.113.9'), isLetTry('bob', '203.0.113.9')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('of one service on this machine keep no other one out', async () => {
    const { fail, isLetTry } = scene();
    for (let n = 0; n < 200; n++) await fail(`user${n}`, '127.0.0.1');
    expect(isLetTry('orders', '127.0.0.1')).toBe(true);
  });

  it('are remembered in bounded memory', async () => {
    const { throttle, fail } = scene(100);
    for (let n = 0; n < 1_000; n++) await fail(`user${n}`, `192.0.2.${n}`);
    expect(throttle.size).toBe(100);
  });
});
