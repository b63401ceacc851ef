import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { event, rpc } from '@nestanza/contracts';
import { silentLog } from '@nestanza/core';
import { type Element, StanzaError, xml } from '@nestanza/xmpp';
import {
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  Global,
  type INestApplicationContext,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  type NestInterceptor,
  type PipeTransform,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { IsInt, IsString } from 'class-validator';
import { from, map } from 'rxjs';
import {
  Bus,
  BusModule,
  type BusModuleOptions,
  Ctx,
  MessageContext,
  MessageHeader,
  OnMessage,
  OnPresence,
  Payload,
  type PresenceChange,
  Reject,
  Respond,
  Sender,
  StartupError,
  Subscribe,
  Watch,
} from './index.js';
import { DURABLE_DELIVERY, type DurableDelivery, type DurableSubscription, type OutboundMessage } from './internal.js';
import { confirmed, ScriptedConnection } from './scripted-connection.fixture.js';

class OrderPlacedDto {
  @IsString() orderId!: string;
  @IsInt() quantity!: number;
}
class ReserveDto {
  @IsString() orderId!: string;
}
class OutOfStock {
  sku!: string;
}

const OrderPlaced = event('pubsub:orders/placed', {
  type: 'order.placed.v1',
  body: OrderPlacedDto,
  key: (o) => o.orderId,
});
const Live = event('pubsub:stock/level', { type: 'stock.level.v1', body: OrderPlacedDto, durable: false });
const Reserve = rpc('rpc:inventory.reserve', { in: ReserveDto, errors: { OUT_OF_STOCK: OutOfStock } });
const ReserveOnce = rpc('rpc:inventory.once', { in: ReserveDto, idempotent: true });

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

const delivery = new RememberedDelivery();

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
async function start({ options, durable = true, imports = [], ...metadata }: Setup) {
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

const nativeCall = (method: string, body: unknown, key?: string) =>
  xml(
    'call',
    { xmlns: 'urn:nestanza:rpc:1', method, key },
    xml('json', { xmlns: 'urn:xmpp:json:0' }, JSON.stringify(body)),
  );
const jsonIn = (payload: Element | undefined): unknown =>
  JSON.parse(payload?.childText('json', 'urn:xmpp:json:0') ?? 'null');
const call = async (connection: ScriptedConnection, body: unknown, { method = 'inventory.reserve', key = 'k1' } = {}) =>
  jsonIn(await connection.ask('orders@localhost/a', 'set', nativeCall(method, body, key)));

const item = (body: unknown, id = 'i1') => ({
  service: 'pubsub.localhost',
  node: 'orders/placed',
  id,
  payload: xml('json', { xmlns: 'urn:xmpp:json:0' }, JSON.stringify(body)),
  publisher: 'shop@localhost',
});

async function deliver(body: unknown, attempt = 1) {
  const subscription = delivery.subscriptions[0]!;
  const message = subscription.receive(item(body));
  return subscription.handle(
    { ...message, attempt },
    { signal: new AbortController().signal, tx: { the: 'transaction' } },
  );
}

describe('a durable handler', () => {
  const seen: unknown[] = [];
  const Tx = createParamDecorator(
    (_: unknown, execution: ExecutionContext) => execution.switchToRpc().getContext<MessageContext>().tx,
  );

  @Injectable()
  class Orders {
    @Subscribe(OrderPlaced)
    onPlaced(
      order: OrderPlacedDto,
      @Ctx() context: MessageContext,
      @Tx() tx: object,
      @Sender() sender: string,
      @MessageHeader('type') type: string,
    ): void {
      if (order.orderId === 'bad') throw new Error('no');
      if (order.orderId === 'worse') throw new Reject('NO_SUCH_ORDER', 'never heard of it');
      seen.push({ order, attempt: context.attempt, item: context.item, tx, sender, type });
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
      sender: 'shop@localhost',
      type: 'order.placed.v1',
    });
    expect((seen.at(-1) as { order: unknown }).order).toBeInstanceOf(OrderPlacedDto);
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

describe('what surrounds a handler', () => {
  @Injectable()
  class Deny implements CanActivate {
    canActivate(): boolean {
      return false;
    }
  }
  const refused = { condition: 'forbidden', appCode: 'NST_BUS_FORBIDDEN' };

  it('obeys a guard on a controller method', async () => {
    @Controller()
    class Inventory {
      @Respond(Reserve)
      @UseGuards(Deny)
      reserve(): string {
        return 'reserved';
      }
    }
    const { connection } = await start({ controllers: [Inventory] });
    await expect(call(connection, { orderId: 'o-1' })).rejects.toMatchObject(refused);
  });

  it.each([
    ['controller', 'controllers'],
    ['provider', 'providers'],
  ] as const)('obeys a guard on a %s class', async (_, kind) => {
    @Controller()
    @UseGuards(Deny)
    class Inventory {
      @Respond(Reserve)
      reserve(): string {
        return 'reserved';
      }
    }
    const { connection } = await start({ [kind]: [Inventory] });
    await expect(call(connection, { orderId: 'o-1' })).rejects.toMatchObject(refused);
  });

  it('obeys a guard on a request-scoped class, and makes an instance for each message', async () => {
    const requests: unknown[] = [];
    let instances = 0;
    @Injectable()
    class OnlyOrders implements CanActivate {
      constructor(@Inject(REQUEST) private readonly request: MessageContext) {}
      canActivate(): boolean {
        return this.request.sender.startsWith('orders@');
      }
    }
    @Injectable({ scope: Scope.REQUEST })
    @UseGuards(OnlyOrders)
    class Inventory {
      constructor(@Inject(REQUEST) private readonly request: MessageContext) {
        instances += 1;
      }
      @Respond(Reserve)
      reserve(): string {
        requests.push(this.request.id);
        return 'reserved';
      }
    }
    const { connection } = await start({ providers: [Inventory, OnlyOrders] });
    expect(await call(connection, { orderId: 'o-1' }, { key: 'k1' })).toBe('reserved');
    expect(await call(connection, { orderId: 'o-1' }, { key: 'k2' })).toBe('reserved');
    expect(requests).toEqual(['k1', 'k2']);
    expect(instances).toBe(2);
    const stranger = connection.ask('eve@localhost/x', 'set', nativeCall('inventory.reserve', { orderId: 'o-1' }));
    await expect(stranger).rejects.toMatchObject(refused);
  });

  it('leaves global enhancers out by default and says so, and runs them when told', async () => {
    const info = jest.fn();
    @Injectable()
    class Inventory {
      @Respond(Reserve)
      reserve(): string {
        return 'reserved';
      }
    }
    const providers = [Inventory, { provide: APP_GUARD, useClass: Deny }];
    const declared = await start({ providers, options: { log: { ...silentLog, info } } });
    expect(await call(declared.connection, { orderId: 'o-1' })).toBe('reserved');
    expect(info).toHaveBeenCalledWith(expect.stringContaining('guard Deny'));
    await app?.close();
    const all = await start({ providers, options: { globalEnhancers: 'all' } });
    await expect(call(all.connection, { orderId: 'o-1' })).rejects.toMatchObject(refused);
  });

  it('runs pipes on the payload and interceptors around the call', async () => {
    class Louder implements PipeTransform {
      transform(value: unknown, { type }: { type: string }): unknown {
        return type === 'body' ? { orderId: (value as ReserveDto).orderId.toUpperCase() } : value;
      }
    }
    class Bracket implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler) {
        return next.handle().pipe(map((value) => `[${String(value)}]`));
      }
    }
    @Injectable()
    class Inventory {
      @Respond(Reserve)
      @UsePipes(Louder)
      @UseInterceptors(Bracket)
      reserve(request: ReserveDto): string {
        return request.orderId;
      }
    }
    const { connection } = await start({ providers: [Inventory] });
    expect(await call(connection, { orderId: 'o-1' })).toBe('[O-1]');
  });

  it('lets a filter see an exception without its swallowing it acknowledging the message', async () => {
    const seen: unknown[] = [];
    @Catch()
    class Swallow implements ExceptionFilter {
      catch(error: unknown): undefined {
        seen.push(error);
        return undefined;
      }
    }
    @Injectable()
    @UseFilters(Swallow)
    class Orders {
      @Subscribe(OrderPlaced)
      onPlaced(): void {
        throw new Error('broken');
      }
    }
    await start({ providers: [Orders] });
    expect(await deliver({ orderId: 'o', quantity: 1 })).toMatchObject({ outcome: 'retry' });
    expect(seen).toHaveLength(1);
  });

  it('takes the settlement that a filter throws', async () => {
    @Catch()
    class Final implements ExceptionFilter {
      catch(): never {
        throw new Reject('FINAL', 'over');
      }
    }
    @Injectable()
    class Orders {
      @Subscribe(OrderPlaced)
      @UseFilters(Final)
      onPlaced(): void {
        throw new Error('broken');
      }
    }
    await start({ providers: [Orders] });
    expect(await deliver({ orderId: 'o', quantity: 1 })).toMatchObject({ outcome: 'reject', code: 'FINAL' });
  });

  it.each([
    ['a value', () => 'v'],
    ['a promise', () => Promise.resolve('v')],
    ['an Observable', () => from(['u', 'v'])],
  ])('answers with %s', async (_, result) => {
    @Injectable()
    class Inventory {
      @Respond(Reserve)
      reserve(): unknown {
        return result();
      }
    }
    const { connection } = await start({ providers: [Inventory] });
    expect(await call(connection, { orderId: 'o-1' })).toBe('v');
  });

  it('gives a member of the payload to @Payload on a string channel', async () => {
    @Injectable()
    class Inventory {
      @Respond('rpc:inventory.reserve')
      reserve(@Payload('orderId') orderId: string): string {
        return orderId;
      }
    }
    const { connection } = await start({ providers: [Inventory] });
    expect(await call(connection, { orderId: 'o-1' })).toBe('o-1');
  });
});

describe('a responder', () => {
  let runs = 0;
  @Injectable()
  class Inventory {
    @Respond(Reserve)
    reserve(request: ReserveDto): string {
      if (request.orderId === 'none') throw Reserve.error('OUT_OF_STOCK', { sku: 'POT-03' });
      if (request.orderId === 'crash') throw new Error('secret of the database');
      return 'reserved';
    }

    @Respond(ReserveOnce)
    once(): number {
      return ++runs;
    }
  }

  it('tells a declared error with its data, and never the text of an exception', async () => {
    const { connection } = await start({ providers: [Inventory] });
    const declared = await call(connection, { orderId: 'none' }).catch((error: unknown) => error as StanzaError);
    expect(declared).toMatchObject({ appCode: 'OUT_OF_STOCK' });
    expect((declared as StanzaError).details[0]!.text).toBe('{"sku":"POT-03"}');
    const crash = (await call(connection, { orderId: 'crash' }).catch((error: unknown) => error)) as StanzaError;
    expect(crash.condition).toBe('internal-server-error');
    expect(crash.toElement().childText('text', 'urn:ietf:params:xml:ns:xmpp-stanzas')).not.toContain('secret');
  });

  it('refuses an unknown method and an invalid body', async () => {
    const { connection } = await start({ providers: [Inventory] });
    await expect(call(connection, {}, { method: 'inventory.fly' })).rejects.toMatchObject({
      condition: 'item-not-found',
    });
    await expect(call(connection, {})).rejects.toMatchObject({
      condition: 'bad-request',
      text: 'orderId must be a string',
    });
  });

  it('runs a call of an idempotent contract once for one key', async () => {
    const { connection } = await start({ providers: [Inventory] });
    const first = await call(connection, { orderId: 'o-1' }, { method: 'inventory.once', key: 'same' });
    expect(await call(connection, { orderId: 'o-1' }, { method: 'inventory.once', key: 'same' })).toBe(first);
    expect(await call(connection, { orderId: 'o-1' }, { method: 'inventory.once', key: 'other' })).not.toBe(first);
  });

  it('is a start-up error at another service than callers look for it', async () => {
    await expect(start({ providers: [Inventory], options: { service: 'billing' } })).rejects.toThrow(
      /callers look for "rpc:inventory\.reserve" at the account "inventory"/,
    );
  });
});

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

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The condition was not met in time.');
    await settle();
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
