import { describe, expect, it } from '@jest/globals';
import type { RosterItem } from './store/roster.store.js';
import { inbound, newItem, outbound } from './subscription-states.js';

const contact = newItem('juliet@localhost');
const item = (changes: Partial<RosterItem>): RosterItem => ({ ...contact, ...changes });

describe('a subscription stanza of the user', () => {
  it('subscribe lists the contact as asked, and goes on', () => {
    expect(outbound(contact, 'subscribe')).toEqual({ item: item({ listed: true, ask: true }), passes: true });
  });

  it('subscribe to somebody already seen changes nothing, yet goes on', () => {
    const both = item({ listed: true, subscription: 'both' });
    expect(outbound(both, 'subscribe')).toEqual({ item: both, passes: true });
  });

  it('subscribed grants what was asked for, and presence follows', () => {
    expect(outbound(item({ request: '<presence/>', subscription: 'to', listed: true }), 'subscribed')).toEqual({
      item: item({ subscription: 'both', listed: true }),
      passes: true,
      presence: 'granted',
    });
  });

  it('subscribed that nobody asked for goes nowhere', () => {
    expect(outbound(contact, 'subscribed')).toEqual({ item: contact, passes: false });
  });

  it('unsubscribed takes the presence back', () => {
    expect(outbound(item({ subscription: 'both', listed: true }), 'unsubscribed')).toEqual({
      item: item({ subscription: 'to', listed: true }),
      passes: true,
      presence: 'withdrawn',
    });
  });

  it('unsubscribed denies a request without a trace', () => {
    expect(outbound(item({ request: '<presence/>' }), 'unsubscribed')).toEqual({ item: contact, passes: true });
  });
});

describe('a subscription stanza of the contact', () => {
  it('a request is kept whole and shown once', () => {
    const first = inbound(contact, 'subscribe', '<presence id="1"/>');
    expect(first).toEqual({ item: item({ request: '<presence id="1"/>' }), passes: true });
    expect(inbound(first.item, 'subscribe', '<presence id="2"/>')).toEqual({ item: first.item, passes: false });
  });

  it('a request of somebody who has it already is answered for the user', () => {
    const from = item({ subscription: 'from', listed: true });
    expect(inbound(from, 'subscribe', '')).toEqual({ item: from, passes: false, reply: 'subscribed' });
  });

  it('a grant counts only where it was asked for', () => {
    expect(inbound(contact, 'subscribed', '')).toEqual({ item: contact, passes: false });
    expect(inbound(item({ ask: true, listed: true }), 'subscribed', '').item.subscription).toBe('to');
  });

  it('unsubscribe ends what the contact saw', () => {
    expect(inbound(item({ subscription: 'both', listed: true }), 'unsubscribe', '')).toMatchObject({
      item: { subscription: 'to' },
      presence: 'withdrawn',
    });
  });

  it('unsubscribed ends what the user saw, and a request under way', () => {
    expect(inbound(item({ subscription: 'both', listed: true }), 'unsubscribed', '').item.subscription).toBe('from');
    expect(inbound(item({ ask: true, listed: true }), 'unsubscribed', '').item.ask).toBe(false);
  });
});
