import { describe, expect, it } from '@jest/globals';
import { World } from './world.js';

describe('messages between accounts', () => {
  it('a full JID that matches gets it, whatever its priority', async () => {
    await using world = await World.open();
    const juliet = await world.login('juliet@localhost/balcony');
    await juliet.available(-1);
    const romeo = await world.login('romeo@localhost');
    for (const type of ['normal', 'chat', 'headline', 'groupchat'])
      romeo.message('juliet@localhost/balcony', type, type);
    await romeo.settled();
    await juliet.settled();
    expect(juliet.bodies()).toEqual(['normal', 'chat', 'headline', 'groupchat']);
  });

  it('a bare JID reaches the highest priority, every one of equals; a headline all but the negative', async () => {
    await using world = await World.open();
    const [low, one, two, hidden] = await Promise.all(
      ['low', 'one', 'two', 'hidden'].map((resource) => world.login(`juliet@localhost/${resource}`)),
    );
    await low!.available(1);
    await one!.available(5);
    await two!.available(5);
    await hidden!.available(-1);
    const romeo = await world.login('romeo@localhost');
    romeo.message('juliet@localhost', 'chat', 'chat');
    romeo.message('juliet@localhost', 'headline', 'headline');
    await romeo.settled();
    for (const person of [low!, one!, two!, hidden!]) await person.settled();
    expect([low, one, two, hidden].map((person) => person!.bodies())).toEqual([
      ['headline'],
      ['chat', 'headline'],
      ['chat', 'headline'],
      [],
    ]);
  });

  it('bound without presence counts as absent; what waits comes with the first presence, stamped and in order', async () => {
    await using world = await World.open();
    const juliet = await world.login('juliet@localhost/balcony');
    const romeo = await world.login('romeo@localhost');
    romeo.message('juliet@localhost', 'chat', 'one');
    romeo.message('juliet@localhost/elsewhere', undefined, 'two');
    romeo.message('juliet@localhost', 'headline', 'lost');
    await romeo.settled();
    expect(juliet.bodies()).toEqual([]);
    await juliet.available();
    expect(juliet.bodies()).toEqual(['one', 'two']);
    expect(juliet.received[0]!.child('delay', 'urn:xmpp:delay')?.attr('from')).toBe('localhost');
    await juliet.available();
    expect(juliet.bodies()).toHaveLength(2);
  });

  it('a negative priority takes nothing that waits', async () => {
    await using world = await World.open();
    const romeo = await world.login('romeo@localhost');
    romeo.message('juliet@localhost', 'chat', 'one');
    await romeo.settled();
    const juliet = await world.login('juliet@localhost/balcony');
    await juliet.available(-1);
    expect(juliet.bodies()).toEqual([]);
    await juliet.available(0);
    await juliet.until(({ name }) => name === 'message');
  });

  it('beyond the quota the sender hears service-unavailable', async () => {
    await using world = await World.open({ limits: { offlineMessages: 1 } });
    const romeo = await world.login('romeo@localhost');
    romeo.message('juliet@localhost', 'chat', 'one');
    romeo.message('juliet@localhost', 'chat', 'two');
    const error = await romeo.until((stanza) => stanza.attr('type') === 'error');
    expect([error.attr('id'), error.child('error')?.elements()[0]?.name]).toEqual(['two', 'service-unavailable']);
  });

  it('to nobody: silence, but an answer for groupchat; no answer ever to an error', async () => {
    await using world = await World.open();
    const romeo = await world.login('romeo@localhost');
    for (const type of ['chat', 'normal', 'headline', 'error', 'groupchat'])
      romeo.message('nobody@localhost', type, type);
    await romeo.settled();
    expect(romeo.received.map((stanza) => stanza.attr('id'))).toEqual(['groupchat']);
  });

  it('to another domain: remote-server-not-found', async () => {
    await using world = await World.open();
    const romeo = await world.login('romeo@localhost');
    romeo.message('someone@far.example', 'chat', 'hello');
    const error = await romeo.until((stanza) => stanza.attr('type') === 'error');
    expect(error.child('error')?.elements()[0]?.name).toBe('remote-server-not-found');
  });

  it('a new session of a used resource wins, and the old one is told of the conflict', async () => {
    await using world = await World.open();
    const old = await world.login('juliet@localhost/balcony');
    const states: string[] = [];
    old.connection.onStatus(({ state }) => states.push(state));
    const juliet = await world.login('juliet@localhost/balcony');
    await juliet.settled();
    expect(states[0]).toBe('failed');
    const romeo = await world.login('romeo@localhost');
    romeo.message('juliet@localhost/balcony', 'chat', 'hello');
    await juliet.available();
    await juliet.until(({ name }) => name === 'message');
  });
});
