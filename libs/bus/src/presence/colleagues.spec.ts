import { describe, expect, it } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { presence } from '@nestanza/xmpp';
import { HandClock } from '../hand-clock.fixture.js';
import { ScriptedConnection } from '../scripted-connection.fixture.js';
import { Colleagues } from './colleagues.js';

async function setUp() {
  const [connection, clock] = [new ScriptedConnection('shop@localhost/1'), new HandClock()];
  const colleagues = new Colleagues({ connection, log: silentLog, clock });
  await connection.start();
  const asked = () => connection.sent.filter((stanza) => stanza.attr('type') === 'subscribe').length;
  return { connection, clock, colleagues, asked };
}

describe('the presence of a colleague', () => {
  it('is asked for until it is granted, and again on the next stream', async () => {
    const { connection, clock, colleagues, asked } = await setUp();
    colleagues.watch('late@localhost');
    colleagues.watch('late@localhost');
    expect(asked()).toBe(1);
    clock.pass(500);
    expect(asked()).toBe(2);
    connection.receive(presence({ type: 'subscribed', from: 'late@localhost' }));
    clock.pass(60_000);
    expect(asked()).toBe(2);
    await connection.start();
    expect(asked()).toBe(3);
  });

  it('is asked for ever more seldom when it is refused', async () => {
    const { connection, clock, colleagues, asked } = await setUp();
    colleagues.watch('shy@localhost');
    for (let refusals = 0; refusals < 200; refusals += 1) {
      connection.receive(presence({ type: 'unsubscribed', from: 'shy@localhost' }));
      clock.pass(1_000);
    }
    expect(asked()).toBeGreaterThan(8);
    expect(asked()).toBeLessThan(15);
  });

  it('is shown to the own domain and to nobody else', async () => {
    const { connection } = await setUp();
    connection.receive(presence({ type: 'subscribe', from: 'orders@localhost' }));
    connection.receive(presence({ type: 'subscribe', from: 'eve@elsewhere.example' }));
    expect(connection.sent.map((stanza) => [stanza.attr('type'), stanza.attr('to')])).toEqual([
      ['subscribed', 'orders@localhost'],
    ]);
  });

  it('is waited for once, and then known to be absent at once', async () => {
    const { clock, colleagues } = await setUp();
    const first = colleagues.look('nobody@localhost');
    clock.pass(1_000);
    expect(await first).toEqual([]);
    expect(await colleagues.look('nobody@localhost')).toEqual([]);
  });
});
