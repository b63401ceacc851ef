import { describe, expect, it } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { xml } from '@nestanza/xmpp';
import { HandClock } from '../hand-clock.fixture.js';
import { Colleagues } from '../presence/colleagues.js';
import { settle } from '../scripted-app.fixture.js';
import { ScriptedConnection } from '../scripted-connection.fixture.js';
import { whileThere } from './instance-loss.js';

const JID = 'inventory@localhost/a';

/** A call under way at an instance in sight. */
function calling(idempotent: boolean) {
  const connection = new ScriptedConnection();
  const clock = new HandClock();
  const colleagues = new Colleagues({ connection, log: silentLog, clock });
  const show = (type?: string) => connection.receive(xml('presence', { xmlns: 'jabber:client', from: JID, type }));
  show();
  let answer: (value: string) => void = () => undefined;
  const result = whileThere({ jid: JID, colleagues }, { clock, idempotent }, (signal) => {
    const answered = new Promise<string>((resolve) => (answer = resolve));
    const gone = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    return Promise.race([answered, gone]);
  });
  const outcome = result.catch((error: unknown) => (error as { condition: string }).condition);
  return { clock, show, outcome, answer: (value: string) => answer(value) };
}

describe('a call whose instance goes away', () => {
  it.each([
    [true, 1_000],
    [false, 10_000],
  ])('is given up, idempotent: %s, after %d ms', async (idempotent, wait) => {
    const { clock, show, outcome } = calling(idempotent);
    show('unavailable');
    clock.pass(wait - 1);
    await settle();
    clock.pass(1);
    expect(await outcome).toBe('recipient-unavailable');
  });

  it('has its answer where the instance still answers while it drains', async () => {
    const { clock, show, outcome, answer } = calling(false);
    show('unavailable');
    clock.pass(5_000);
    answer('done');
    expect(await outcome).toBe('done');
  });
});
