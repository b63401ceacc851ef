import { describe, expect, it } from '@jest/globals';
import { presence } from '@nestanza/xmpp';
import { PresenceDirectory } from './presence-directory.js';

const directory = () => new PresenceDirectory(() => 'localhost');

describe('the presence directory', () => {
  it('counts the instances of an account, and names it by its account in the own domain', () => {
    const who = directory();
    expect(who.apply(presence({ from: 'a@localhost/1', priority: 3, show: 'dnd' }))).toMatchObject({
      service: 'a',
      available: true,
      priority: 3,
      show: 'dnd',
      instances: 1,
    });
    expect(who.apply(presence({ from: 'a@elsewhere/1' }))).toMatchObject({ service: 'a@elsewhere' });
    expect(who.apply(presence({ from: 'a@localhost/1', type: 'unavailable' }))).toMatchObject({ instances: 0 });
  });

  it('says nothing about who was not there, nor about subscriptions and errors', () => {
    const who = directory();
    expect(who.apply(presence({ from: 'a@localhost/1', type: 'unavailable' }))).toBeUndefined();
    expect(who.apply(presence({ from: 'a@localhost', type: 'subscribed' }))).toBeUndefined();
    expect(who.apply(presence({ from: 'a@localhost/1', type: 'error' }))).toBeUndefined();
  });

  it('lets the highest priority serve first, and never a negative one', () => {
    const who = directory();
    for (const [resource, priority] of [
      ['low', 1],
      ['never', -1],
      ['high', 5],
    ] as const) {
      who.apply(presence({ from: `a@localhost/${resource}`, priority }));
    }
    expect(who.serving('a@localhost').map(({ jid }) => jid)).toEqual(['a@localhost/high', 'a@localhost/low']);
    expect(who.serving('b@localhost')).toEqual([]);
  });

  it('tells one change for each who was there when it is cleared', () => {
    const who = directory();
    who.apply(presence({ from: 'a@localhost/1' }));
    who.apply(presence({ from: 'a@localhost/2' }));
    expect(who.clear().map(({ jid, instances }) => [jid, instances])).toEqual([
      ['a@localhost/1', 1],
      ['a@localhost/2', 0],
    ]);
    expect(who.clear()).toEqual([]);
  });
});
