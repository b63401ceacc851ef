import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '@nestanza/core';
import { xml } from '@nestanza/xmpp';
import { Controller, Global, type INestApplication, Module, type Type, UseFilters } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { Bus } from '../bus.js';
import { BusModule } from '../bus.module.js';
import { DURABLE_DELIVERY } from '../delivery.port.js';
import type { MessageContext } from '../message-context.js';
import { call, deliver, delivery } from '../scripted-app.fixture.js';
import { confirmed, ScriptedConnection } from '../scripted-connection.fixture.js';
import { XMPP } from './transport-id.js';
import { XmppClientProxy } from './xmpp-client-proxy.js';
import { XmppStrategy } from './xmpp-strategy.js';

@Global()
@Module({ providers: [{ provide: DURABLE_DELIVERY, useValue: delivery }], exports: [DURABLE_DELIVERY] })
class DurableModule {}

let app: INestApplication | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** A hybrid application whose patterns go over a scripted connection. */
async function hybrid(controller: Type) {
  const connection = new ScriptedConnection();
  connection.answer = () => confirmed();
  @Module({
    imports: [BusModule.forRoot({ service: 'inventory', xmpp: connection, log: silentLog }), DurableModule],
    controllers: [controller],
  })
  class AppModule {}
  app = (await Test.createTestingModule({ imports: [AppModule] }).compile()).createNestApplication({ logger: false });
  const bus = app.get(Bus);
  app.connectMicroservice({ strategy: new XmppStrategy(bus) });
  await app.startAllMicroservices();
  await app.init();
  return { connection, bus };
}

class Swallow {
  catch(): void {}
}

describe("Nest's own patterns over XMPP", () => {
  it('answer calls, with the context of the message', async () => {
    @Controller()
    class Inventory {
      @MessagePattern('inventory.reserve')
      reserve(@Payload('orderId') orderId: string, @Ctx() { sender }: MessageContext): object {
        return { orderId, sender };
      }
    }
    const { connection } = await hybrid(Inventory);
    expect(await call(connection, { orderId: 'o-1' })).toEqual({ orderId: 'o-1', sender: 'orders@localhost/a' });
  });

  it('handle events durably, in their group, with the outcome taken from what the method threw', async () => {
    @Controller()
    @UseFilters(Swallow)
    class Inventory {
      @EventPattern('orders/placed', XMPP, { group: 'stock' })
      placed(order: unknown): void {
        throw new Error(`the shelf of ${JSON.stringify(order)} is locked`);
      }
    }
    await hybrid(Inventory);
    const [subscription] = delivery.subscriptions;
    expect(subscription).toMatchObject({ channel: { kind: 'pubsub', name: 'orders/placed' }, group: 'stock' });
    expect(await deliver({ orderId: 'o-1' })).toMatchObject({ outcome: 'retry' });
  });

  it('leave patterns of other transports alone, and say what XMPP has no name for', async () => {
    @Controller()
    class Other {
      @EventPattern('orders/placed', Symbol('kafka'))
      placed(order: unknown): void {
        void order;
      }
    }
    await hybrid(Other);
    expect(delivery.subscriptions).toHaveLength(0);
    @Controller()
    class Unnamed {
      @MessagePattern({ cmd: 'sum' })
      sum(): void {}
    }
    await app?.close();
    await expect(hybrid(Unnamed)).rejects.toThrow(/Unnamed\.sum: The pattern \{"cmd":"sum"\} is no text/);
    app = undefined;
  });

  it('are not served by a strategy that comes too late', async () => {
    @Controller()
    class Empty {}
    const { bus } = await hybrid(Empty);
    expect(() => new XmppStrategy(bus)).toThrow(/before app\.init\(\)/);
  });
});

describe('the ClientProxy over a bus', () => {
  it('calls and publishes by patterns', async () => {
    @Controller()
    class Empty {}
    const { connection, bus } = await hybrid(Empty);
    const proxy = new XmppClientProxy({ bus });
    connection.answer = () =>
      xml(
        'iq',
        { xmlns: 'jabber:client', type: 'result' },
        xml('result', { xmlns: 'urn:nestanza:rpc:1' }, xml('json', { xmlns: 'urn:xmpp:json:0' }, '7')),
      );
    expect(await firstValueFrom(proxy.send('inventory.stock', { sku: 'TEA-01' }))).toBe(7);
    await firstValueFrom(proxy.emit('orders/placed', { orderId: 'o-1' }));
    expect(delivery.published.at(-1)?.channel).toMatchObject({ kind: 'pubsub', name: 'orders/placed' });
  });

  it('gives the error of a refused call to its subscriber', async () => {
    @Controller()
    class Empty {}
    const { connection, bus } = await hybrid(Empty);
    connection.answer = () => undefined;
    const proxy = new XmppClientProxy({ bus });
    await expect(firstValueFrom(proxy.send('inventory.stock', {}))).rejects.toMatchObject({
      code: 'NST_BUS_NOBODY_SERVES',
    });
  });
});
