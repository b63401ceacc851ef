import { describe, expect, it } from '@jest/globals';
import { type Element, xml } from '@nestanza/xmpp';
import { Injectable } from '@nestjs/common';
import { OnMessage } from '../decorators/on-message.decorator.js';
import { OnPresence, type PresenceChange } from '../decorators/on-presence.decorator.js';
import { Reject } from '../settlement.js';
import { Watch } from '../decorators/watch.decorator.js';
import { OrderPlacedDto, Live, start, item, until, settle } from '../scripted-app.fixture.js';

describe('a live handler', () => {
  it('sees items of its node from the service only, in order, after the subscription stands', async () => {
    const seen: string[] = [];
    @Injectable()
    class Levels {
      @Watch(Live)
      level(stock: OrderPlacedDto): void {
        seen.push(stock.orderId);
      }
    }
    const { connection } = await start({ providers: [Levels], durable: false });
    const notify = (service: string, orderId: string) =>
      connection.receive(
        xml(
          'message',
          { xmlns: 'jabber:client', from: service, type: 'headline' },
          xml(
            'event',
            { xmlns: 'http://jabber.org/protocol/pubsub#event' },
            xml('items', { node: 'stock/level' }, xml('item', { id: orderId }, item({ orderId, quantity: 1 }).payload)),
          ),
        ),
      );
    notify('eve@localhost', 'forged');
    notify('pubsub.localhost', 'a');
    notify('pubsub.localhost', 'b');
    await until(() => seen.length === 2);
    expect(seen).toEqual(['a', 'b']);
    expect(connection.requests.map((iq) => iq.elements()[0]?.elements()[0]?.name)).toContain('subscribe');
  });

  it('answers a message in words, and a refusal too', async () => {
    @Injectable()
    class Words {
      @OnMessage('message:inventory')
      said(text: string): string {
        if (text === 'no') throw new Reject('NO', 'That is not sold here.');
        return `You said ${text}.`;
      }
    }
    const { connection } = await start({ providers: [Words], durable: false });
    const say = (text: string, ...more: Element[]) =>
      connection.receive(
        xml(
          'message',
          { xmlns: 'jabber:client', from: 'ada@localhost/phone', type: 'chat' },
          xml('body', {}, text),
          ...more,
        ),
      );
    const answers = () => connection.sent.filter(({ name }) => name === 'message').map((m) => m.childText('body'));
    say('hello');
    await until(() => answers().length === 1);
    say('no');
    await until(() => answers().length === 2);
    expect(answers()).toEqual(['You said hello.', 'That is not sold here.']);
    expect(connection.sent.at(-1)!.attr('to')).toBe('ada@localhost/phone');
    // An automatic answer is never answered in turn.
    say('hello', xml('automatic', { xmlns: 'urn:nestanza:message:1' }));
    await settle();
    expect(answers()).toHaveLength(2);
  });

  it('confirms a message by a receipt only when it has been handled, and never one that failed', async () => {
    let finish: () => void = () => undefined;
    @Injectable()
    class Words {
      @OnMessage('message:inventory')
      said(text: string): Promise<void> {
        if (text === 'broken') throw new Error('broken');
        return new Promise((resolve) => (finish = resolve));
      }
    }
    const { connection } = await start({ providers: [Words], durable: false });
    const say = (id: string, text: string) =>
      connection.receive(
        xml(
          'message',
          { xmlns: 'jabber:client', from: 'ada@localhost/phone', type: 'chat', id },
          xml('body', {}, text),
          xml('request', { xmlns: 'urn:xmpp:receipts' }),
        ),
      );
    const confirmed = () =>
      connection.sent.flatMap((stanza) => stanza.child('received', 'urn:xmpp:receipts')?.attr('id') ?? []);
    say('m1', 'hello');
    say('m2', 'broken');
    await until(() => connection.sent.some((stanza) => stanza.childText('body')?.includes('m2') === true));
    expect(confirmed()).toEqual([]);
    finish();
    await until(() => confirmed().length > 0);
    expect(confirmed()).toEqual(['m1']);
  });

  it('is told who comes and goes, and that nobody is in sight when the stream is lost', async () => {
    const changes: PresenceChange[] = [];
    @Injectable()
    class Watchman {
      @OnPresence('service:billing')
      seen(change: PresenceChange): void {
        changes.push(change);
      }
    }
    const { connection } = await start({ providers: [Watchman], durable: false });
    expect(connection.sent.some((s) => s.attr('type') === 'subscribe' && s.attr('to') === 'billing@localhost')).toBe(
      true,
    );
    const show = (resource: string, type?: string) =>
      connection.receive(xml('presence', { xmlns: 'jabber:client', from: `billing@localhost/${resource}`, type }));
    show('a');
    show('b');
    show('a', 'unavailable');
    connection.move({ state: 'waiting', error: new Error('gone'), retryAt: 0 });
    await until(() => changes.length === 4);
    expect(changes.map(({ service, available, instances }) => [service, available, instances])).toEqual([
      ['billing', true, 1],
      ['billing', true, 2],
      ['billing', false, 1],
      ['billing', false, 0],
    ]);
  });
});
