import { describe, expect, it } from '@jest/globals';
import { NestanzaError } from '@nestanza/core';
import { ScriptedConnection } from '../scripted-connection.fixture.js';
import { untilDone } from './until-done.js';

describe('work that needs the connection', () => {
  it('waits for it, and is done again on the next stream when one is lost under it', async () => {
    const connection = new ScriptedConnection();
    let runs = 0;
    const done = untilDone(connection, () => {
      if (++runs > 1) return Promise.resolve();
      connection.move({ state: 'waiting', error: new Error('gone'), retryAt: 0 });
      return Promise.reject(new NestanzaError('NST_XMPP_DISCONNECTED', 'gone', { retryable: true }));
    });
    await Promise.resolve();
    expect(runs).toBe(0);
    await connection.start();
    await new Promise((resolve) => setImmediate(resolve));
    expect(runs).toBe(1);
    await connection.start();
    await done;
    expect(runs).toBe(2);
  });

  it('ends with a failure that another try would not mend', async () => {
    const connection = new ScriptedConnection();
    await connection.start();
    await expect(untilDone(connection, () => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
  });
});
