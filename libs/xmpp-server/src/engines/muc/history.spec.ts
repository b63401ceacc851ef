import { describe, expect, it } from '@jest/globals';
import { xml } from '@nestanza/xmpp';
import { History } from './history.js';

const said = (body: string) => xml('message', { xmlns: 'jabber:client', type: 'groupchat' }, xml('body', {}, body));
const bodies = (history: History, wish?: Parameters<History['since']>[0], now = 10_000) =>
  history.since(wish, { room: 'a@b', now }).map((message) => message.childText('body'));

describe('the history of a room', () => {
  it('forgets the oldest at its bounds, in messages and in bytes, and keeps nothing larger than all', () => {
    const few = new History({ messages: 2, bytes: 10_000 });
    for (const body of ['a', 'b', 'c']) few.add(said(body), 1);
    expect(bodies(few)).toEqual(['b', 'c']);
    const small = new History({ messages: 99, bytes: 500 });
    small.add(said('x'.repeat(1_000)), 1);
    for (const letter of ['a', 'b', 'c', 'd']) small.add(said(letter.repeat(100)), 1);
    expect(bodies(small).map((body) => body![0])).toEqual(['c', 'd']);
  });

  it('goes back as far as asked for', () => {
    const history = new History({ messages: 9, bytes: 10_000 });
    for (const second of [1, 2, 3]) history.add(said(String(second)), second * 1_000);
    const wish = (attributes: Record<string, string>) => xml('history', attributes);
    expect(bodies(history, wish({ seconds: '1' }), 3_500)).toEqual(['3']);
    expect(bodies(history, wish({ since: '1970-01-01T00:00:02Z' }))).toEqual(['2', '3']);
    expect(bodies(history, wish({ maxstanzas: '0' }))).toEqual([]);
    expect(bodies(history, wish({ maxstanzas: 'all' }))).toEqual(['1', '2', '3']);
  });
});
