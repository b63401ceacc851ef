import { afterEach } from '@jest/globals';
import { event, rpc } from '@nestanza/contracts';
import { silentLog } from '@nestanza/core';
import { type Element, xml } from '@nestanza/xmpp';
import { Global, type INestApplicationContext, Module, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { IsInt, IsString } from 'class-validator';
import { Bus } from './bus.js';
import { BusModule } from './bus.module.js';
import { type BusModuleOptions } from './bus-options.js';
import {
  DURABLE_DELIVERY,
  type DurableDelivery,
  type DurableSubscription,
  type OutboundMessage,
} from './delivery.port.js';
import { confirmed, ScriptedConnection } from './scripted-connection.fixture.js';

export class OrderPlacedDto {
  @IsString() orderId!: string;
  @IsInt() quantity!: number;
}
export class ReserveDto {
  @IsString() orderId!: string;
}
class OutOfStock {
  sku!: string;
}

export const OrderPlaced = event('pubsub:orders/placed', {
  type: 'order.placed.v1',
  body: OrderPlacedDto,
  key: (o) => o.orderId,
});
export const Live = event('pubsub:stock/level', { type: 'stock.level.v1', body: OrderPlacedDto, durable: false });
export const Reserve = rpc('rpc:inventory.reserve', { in: ReserveDto, errors: { OUT_OF_STOCK: OutOfStock } });
export const ReserveOnce = rpc('rpc:inventory.once', { in: ReserveDto, idempotent: true });

/** What DeliveryModule does, without a database. */
class RememberedDelivery implements DurableDelivery {
  readonly subscriptions: DurableSubscription[] = [];
  readonly published: OutboundMessage[] = [];
  readonly results = new Map<string, string>();
  readonly calls: string[] = [];
  register(subscription: DurableSubscription) {
    this.subscriptions.push(subscription);
  }
  start() {
    this.calls.push('start');
    return Promise.resolve();
  }
  stop() {
    this.calls.push('stop');
    return Promise.resolve();
  }
  publish(message: OutboundMessage) {
    this.published.push(message);
    return Promise.resolve({ id: message.id, state: 'stored' as const });
  }
  async once(
    { caller, method, key }: { caller: string; method: string; key: string },
    handle: (tx: object) => Promise<string>,
  ) {
    const id = [caller, method, key].join(' ');
    const known = this.results.get(id);
    if (known !== undefined) return known;
    const result = await handle({});
    this.results.set(id, result);
    return result;
  }
}

export const delivery = new RememberedDelivery();

@Global()
@Module({ providers: [{ provide: DURABLE_DELIVERY, useValue: delivery }], exports: [DURABLE_DELIVERY] })
class RememberedDeliveryModule {}

let app: INestApplicationContext | undefined;

afterEach(async () => {
  await app?.close();
  app = undefined;
  delivery.subscriptions.length = 0;
  delivery.published.length = 0;
  delivery.calls.length = 0;
  delivery.results.clear();
});

interface Setup extends ModuleMetadata {
  readonly options?: Partial<BusModuleOptions>;
  readonly durable?: boolean;
}

/** An application whose other end is a script, ready for calls. */
export async function start({ options, durable = true, imports = [], ...metadata }: Setup) {
  const connection = new ScriptedConnection();
  connection.answer = () => confirmed();
  @Module({
    ...metadata,
    imports: [
      BusModule.forRoot({ service: 'inventory', xmpp: connection, log: silentLog, ...options }),
      ...(durable ? [RememberedDeliveryModule] : []),
      ...imports,
    ],
  })
  class AppModule {}
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = module;
  await module.init();
  return { connection, module, bus: module.get(Bus) };
}

export const nativeCall = (method: string, body: unknown, key?: string) =>
  xml(
    'call',
    { xmlns: 'urn:nestanza:rpc:1', method, key },
    xml('json', { xmlns: 'urn:xmpp:json:0' }, JSON.stringify(body)),
  );
const jsonIn = (payload: Element | undefined): unknown =>
  JSON.parse(payload?.childText('json', 'urn:xmpp:json:0') ?? 'null');
export const call = async (
  connection: ScriptedConnection,
  body: unknown,
  { method = 'inventory.reserve', key = 'k1' } = {},
) => jsonIn(await connection.ask('orders@localhost/a', 'set', nativeCall(method, body, key)));

export const item = (body: unknown, id = 'i1') => ({
  service: 'pubsub.localhost',
  node: 'orders/placed',
  id,
  payload: xml('json', { xmlns: 'urn:xmpp:json:0' }, JSON.stringify(body)),
  publisher: 'shop@localhost',
});

export async function deliver(body: unknown, attempt = 1) {
  const subscription = delivery.subscriptions[0]!;
  const message = subscription.receive(item(body));
  return subscription.handle(
    { ...message, attempt },
    { signal: new AbortController().signal, tx: { the: 'transaction' } },
  );
}

export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The condition was not met in time.');
    await settle();
  }
}

export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
