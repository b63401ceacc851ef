import { describe, expect, it } from '@jest/globals';
import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { BusModule } from './bus.module.js';
import { Ctx } from '@nestjs/microservices';
import { MessageContext } from './message-context.js';
import { MessageHeader, Sender } from './decorators/parameters.js';
import { Reject } from './settlement.js';
import { StartupError } from './startup-error.js';
import { Subscribe } from './decorators/subscribe.decorator.js';
import { OrderPlacedDto, OrderPlaced, start, deliver } from './scripted-app.fixture.js';

describe('a durable handler', () => {
  const seen: unknown[] = [];
  const Tx = createParamDecorator(
    (_: unknown, execution: ExecutionContext) => execution.switchToRpc().getContext<MessageContext>().tx,
  );

  @Injectable()
  class Orders {
    @Subscribe(OrderPlaced)
    onPlaced(order: OrderPlacedDto, @Ctx() context: MessageContext, @Tx() tx: object): void {
      if (order.orderId === 'bad') throw new Error('no');
      if (order.orderId === 'worse') throw new Reject('NO_SUCH_ORDER', 'never heard of it');
      seen.push({ order, attempt: context.attempt, item: context.item, tx });
    }
  }

  it('gets an instance of the contract class first, and what its decorated parameters ask for', async () => {
    await start({ providers: [Orders] });
    const outcome = await deliver({ orderId: 'o-1', quantity: 2 }, 3);
    expect(outcome).toMatchObject({ outcome: 'done' });
    expect(seen.at(-1)).toEqual({
      order: { orderId: 'o-1', quantity: 2 },
      attempt: 3,
      item: 'i1',
      tx: { the: 'transaction' },
    });
    expect((seen.at(-1) as { order: unknown }).order).toBeInstanceOf(OrderPlacedDto);
  });

  it('may ask for the sender and for an attribute', async () => {
    const heard: unknown[] = [];
    @Injectable()
    class Listener {
      @Subscribe(OrderPlaced)
      onPlaced(_: OrderPlacedDto, @Sender() sender: string, @MessageHeader('type') type: string): void {
        heard.push(sender, type);
      }
    }
    await start({ providers: [Listener] });
    await deliver({ orderId: 'o-1', quantity: 2 });
    expect(heard).toEqual(['shop@localhost', 'order.placed.v1']);
  });

  it('is retried after an exception and not after a Reject', async () => {
    await start({ providers: [Orders] });
    expect(await deliver({ orderId: 'bad', quantity: 1 })).toMatchObject({ outcome: 'retry' });
    expect(await deliver({ orderId: 'worse', quantity: 1 })).toMatchObject({
      outcome: 'reject',
      code: 'NO_SUCH_ORDER',
    });
  });

  it('never runs on a body that breaks the contract, whose faults are all named', async () => {
    await start({ providers: [Orders] });
    const outcome = await deliver({ orderId: 7, quantity: 'two' });
    expect(outcome).toMatchObject({
      outcome: 'reject',
      code: 'NST_BUS_INVALID',
      reason: 'orderId must be a string; quantity must be an integer number',
    });
  });

  it('refuses a message that claims another XMPP source than its publisher', async () => {
    await start({ providers: [Orders] });
    const forged = { specversion: '1.0', id: '1', source: 'xmpp:admin@localhost', type: 'x', data: {} };
    expect(await deliver(forged)).toMatchObject({ outcome: 'reject', code: 'NST_BUS_SOURCE' });
  });

  it('stops the start without delivery, with every fault and its remedy', async () => {
    const starting = start({ providers: [Orders], durable: false, imports: [BusModule.forFeature([OrderPlaced])] });
    await expect(starting).rejects.toThrow(StartupError);
    await expect(starting).rejects.toThrow(/Orders\.onPlaced[^]*DeliveryModule\.forRoot[^]*BusModule\.forFeature/);
  });

  it('stops the start when its group has two handlers, naming both', async () => {
    @Injectable()
    class Copy {
      @Subscribe(OrderPlaced)
      again(): void {}
    }
    await expect(start({ providers: [Orders, Copy] })).rejects.toThrow(/Orders\.onPlaced and Copy\.again/);
  });
});
