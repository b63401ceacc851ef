import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uniqueId } from '@nestanza/core';
import { jsonText, message, publishItem } from '@nestanza/xmpp';
import { poll } from '../support/poll.js';
import { AttachedDemo } from './attached-demo.js';
import { startEjabberd } from './servers/ejabberd.js';
import { startProsody } from './servers/prosody.js';

const tea = [{ sku: 'TEA-01', quantity: 2 }];

describe.each([
  // Only an administrator creates nodes at Prosody: the service that owns them is one.
  ['Prosody', startProsody, { keeps: 256, pages: false, stamps: false }],
  ['ejabberd', startEjabberd, { keeps: 1_000, pages: true, stamps: true }],
] as const)('the demo, attached to %s as Debian ships it by NESTANZA_XMPP alone', (_, startServer, limits) => {
  let demo: AttachedDemo;

  beforeAll(async () => {
    demo = await AttachedDemo.start(startServer);
  });

  afterAll(() => demo[Symbol.asyncDispose]());

  it('ships an order placed over HTTP, by calls to the instances that presence shows', async () => {
    const orderId = await demo.place({ customer: 'ada', lines: tea });
    expect(await demo.outcome(orderId)).toBe('shipped');
    expect(await demo.published(orderId)).toBe('shipped');
  });

  it('cancels what the bank declines, and tells the operator', async () => {
    const orderId = await demo.place({ customer: 'declined', lines: tea });
    expect(await demo.outcome(orderId)).toBe('cancelled');
    const told = () => demo.chats.find((text) => text.includes(orderId) && text.includes('cancelled'));
    expect(await poll(told, { within: 10_000, what: 'the message to the operator' })).toContain(orderId);
  });

  it('takes an order that any account publishes, as bare JSON, once however often it is published', async () => {
    const orderId = uniqueId();
    const node = { service: `pubsub.${demo.domain}`, node: 'orders/placed' };
    const payload = jsonText(JSON.stringify({ customer: 'edsger', lines: tea }));
    for (const _again of [1, 2]) await publishItem(demo.operator, node, { id: orderId, payload });
    expect(await demo.outcome(orderId)).toBe('shipped');
  });

  it('answers a chat message to its account', async () => {
    demo.operator.send(message({ to: `orders@${demo.domain}`, id: uniqueId(), type: 'chat', body: 'order 1 TEA-01' }));
    const placed = () => demo.chats.find((text) => /^Order .* is placed/.test(text));
    const answer = await poll(placed, { within: 10_000, what: 'the answer' });
    expect(await demo.outcome(/^Order (\S+)/.exec(answer)![1]!)).toBe('shipped');
  });

  it('catches up with what was published while the service was away', async () => {
    await demo.stop('orders');
    const node = { service: `pubsub.${demo.domain}`, node: 'orders/placed' };
    const ids = Array.from({ length: 15 }, () => uniqueId());
    for (const id of ids) {
      const payload = jsonText(JSON.stringify({ customer: 'barbara', lines: [{ sku: 'CUP-02', quantity: 1 }] }));
      await publishItem(demo.operator, node, { id, payload });
    }
    await demo.run('orders');
    for (const id of ids) expect(await demo.outcome(id)).toBe('shipped');
  });

  it('says at the start what the limits of this server cost, with their numbers', async () => {
    const log = await demo.log('orders');
    expect(log).toContain(`keeps ${limits.keeps} items of a node`);
    expect(log.includes('does not say who has published')).toBe(!limits.stamps);
    expect(log.includes('gives no pages of items')).toBe(!limits.pages);
  });
});
