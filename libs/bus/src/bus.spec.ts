import { describe, expect, it } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { StanzaError, xml } from '@nestanza/xmpp';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { BusModule } from './bus.module.js';
import { confirmed, ScriptedConnection } from './scripted-connection.fixture.js';
import { OrderPlaced, Live, Reserve, delivery, start, settle } from './scripted-app.fixture.js';

describe('the bus', () => {
  it('stores durable events with their key, and confirms live ones at the service', async () => {
    const { bus, connection } = await start({});
    const stored = await bus.publish(OrderPlaced, { orderId: 'o-1', quantity: 1 }, { headers: { tenant: 'x' } });
    expect(stored.state).toBe('stored');
    expect(JSON.parse(delivery.published[0]!.envelope)).toMatchObject({
      specversion: '1.0',
      id: stored.id,
      source: 'xmpp:inventory@localhost',
      type: 'order.placed.v1',
      partitionkey: 'o-1',
      tenant: 'x',
      data: { orderId: 'o-1' },
    });
    const live = await bus.publish(Live, { orderId: 'o-1', quantity: 1 });
    expect(live.state).toBe('confirmed');
    const publish = connection.requests.at(-1)!;
    expect(publish.attr('to')).toBe('pubsub.localhost');
  });

  it('calls the instance of highest priority that presence shows, and types its errors', async () => {
    const { bus, connection } = await start({});
    const show = (resource: string, priority: number) =>
      connection.receive(
        xml(
          'presence',
          { xmlns: 'jabber:client', from: `inventory@localhost/${resource}` },
          xml('priority', {}, priority),
        ),
      );
    show('low', 1);
    show('high', 5);
    show('never', -1);
    connection.answer = (iq) => {
      if (iq.attr('to') !== 'inventory@localhost/high') throw new StanzaError('service-unavailable');
      throw new StanzaError('undefined-condition', {
        appCode: 'OUT_OF_STOCK',
        details: [xml('json', { xmlns: 'urn:xmpp:json:0' }, '{"sku":"POT-03"}')],
      });
    };
    const error = await bus.request(Reserve, { orderId: 'o-1' }).catch((thrown: unknown) => thrown);
    expect(Reserve.isError(error, 'OUT_OF_STOCK') && error.data.sku).toBe('POT-03');
  });

  it('fails over to the next instance when one has gone, and says when nobody serves', async () => {
    const { bus, connection } = await start({});
    for (const resource of ['a', 'b']) {
      connection.receive(xml('presence', { xmlns: 'jabber:client', from: `inventory@localhost/${resource}` }));
    }
    const asked: (string | undefined)[] = [];
    connection.answer = (iq) => {
      asked.push(iq.attr('to'));
      if (asked.length === 1) throw new StanzaError('gone');
      return confirmed();
    };
    await bus.request(Reserve, { orderId: 'o-1' });
    expect(new Set(asked)).toEqual(new Set(['inventory@localhost/a', 'inventory@localhost/b']));
    connection.answer = () => {
      throw new StanzaError('recipient-unavailable');
    };
    await expect(bus.request(Reserve, { orderId: 'o-1' })).rejects.toMatchObject({
      code: 'NST_BUS_CALL_FAILED',
      retryable: true,
    });
    connection.answer = () => undefined;
    await expect(bus.request(Reserve, { orderId: 'o-1' })).rejects.toMatchObject({
      code: 'NST_BUS_NOBODY_SERVES',
      retryable: true,
    });
  });

  it('shows presence only when every module has bootstrapped, and leaves it before any is destroyed', async () => {
    const order: string[] = [];
    const connection = new ScriptedConnection();
    connection.answer = () => confirmed();
    const { send } = connection;
    connection.send = (stanza) => {
      if (stanza.name === 'presence') order.push(stanza.attr('type') ?? 'available');
      send.call(connection, stanza);
    };
    @Injectable()
    class Slow {
      async onApplicationBootstrap(): Promise<void> {
        await settle();
        order.push('bootstrapped');
      }
      onModuleDestroy(): void {
        order.push('destroyed');
      }
    }
    @Module({ providers: [Slow] })
    class Feature {}
    @Module({ imports: [BusModule.forRoot({ service: 'inventory', xmpp: connection, log: silentLog }), Feature] })
    class Root {}
    const module = await Test.createTestingModule({ imports: [Root] }).compile();
    await module.init();
    await module.close();
    expect(order).toEqual(['bootstrapped', 'available', 'unavailable', 'destroyed']);
  });

  it('connects nothing when told so, and explains itself', async () => {
    const { bus, connection } = await start({ options: { connect: false } });
    expect(connection.status.state).toBe('offline');
    await expect(bus.publish(Live, { orderId: 'o', quantity: 1 })).rejects.toMatchObject({
      code: 'NST_BUS_NOT_CONNECTED',
    });
  });
});
