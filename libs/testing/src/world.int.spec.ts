import { describe, expect, it, jest } from '@jest/globals';
import { BusModule, Subscribe } from '@nestanza/bus';
import { DeliveryModule } from '@nestanza/delivery';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { createWorld, type World } from './index.js';
import {
  Invoiced,
  type OrderDto,
  OrderPlaced,
  Price,
  Shipped,
  Shop,
  ShopModule,
  Stock,
  Total,
} from './shop.fixture.js';

const order = { id: 'o1', total: 5 };
const free = { id: 'o2', total: -1 };
const imports = [ShopModule];

jest.setTimeout(60_000);

/** Patient with machines that have much else to do. */
const quiet = (world: World) => world.quiet({ timeout: '40s' });

describe('a world', () => {
  it('is all that a test of a service needs', async () => {
    await using world = await createWorld({ imports });
    await world.publish(OrderPlaced, order);
    await quiet(world);
    expect(world.published(Invoiced)).toEqual([order]);
    expect(world.published(Shipped)).toEqual([order]);
    expect(await world.get(DataSource).query('select * from shop_order')).toEqual([order]);
  });

  it('is quiet only when everything that follows has happened, however much that is', async () => {
    await using world = await createWorld({ imports });
    const orders = Array.from({ length: 100 }, (_, total) => ({ id: `o${total}`, total }));
    await Promise.all(orders.map((each) => world.publish(OrderPlaced, each)));
    await quiet(world);
    expect(world.published(Shipped)).toHaveLength(100);
    await world.publish(Price, order);
    await world.publish(Price, { id: 'o2', total: 6 });
    await quiet(world);
    expect(world.get(Shop).prices).toEqual([5, 6]);
  });

  it('does not see what happens in another one at the same time', async () => {
    const [one, other] = await Promise.all([createWorld({ imports }), createWorld({ imports })]);
    await using _one = one;
    await using _other = other;
    await one.publish(OrderPlaced, order);
    await Promise.all([quiet(one), quiet(other)]);
    expect(one.published(Invoiced)).toEqual([order]);
    expect(other.publications()).toEqual([]);
    expect(await other.get(DataSource).query('select * from shop_order')).toEqual([]);
  });

  it('publishes as the owner of a node that nobody else may publish to', async () => {
    await using world = await createWorld({ imports });
    await world.publish(Invoiced, order);
    await quiet(world);
    expect(world.publications(Invoiced)).toMatchObject([{ by: 'shop', body: order }]);
    expect(world.published(Shipped)).toEqual([order]);
  });

  it('asks the application, and plays the services that the application asks', async () => {
    await using world = await createWorld({ imports });
    const inventory = await world.peer('inventory');
    inventory.responds(Stock, ({ sku }) => sku.length);
    expect(await world.request(Total, { sku: 'TEA' })).toBe(3);
  });

  it('writes to the application as any client does, and reads the answer', async () => {
    await using world = await createWorld({ imports });
    const alice = await world.peer('alice');
    await alice.send('shop', 'hello');
    expect(await alice.receives(/hello/)).toMatchObject({ from: 'shop', text: 'alice said hello' });
    await expect(alice.receives('goodbye', { within: 50 })).rejects.toMatchObject({
      code: 'NST_TESTING_NOT_RECEIVED',
    });
  });

  it('starts further services beside the first one', async () => {
    @Injectable()
    class Accounts {
      readonly seen: OrderDto[] = [];

      @Subscribe(Invoiced, { group: 'accounts' })
      invoiced(invoice: OrderDto): void {
        this.seen.push(invoice);
      }
    }
    await using world = await createWorld({ imports });
    await world.start({
      imports: [BusModule.forRoot({ service: 'accounts' }), DeliveryModule.forRoot()],
      providers: [Accounts],
    });
    await world.publish(OrderPlaced, order);
    await quiet(world);
    expect(world.get(Accounts).seen).toEqual([order]);
  });

  it('replaces providers as every Nest test does', async () => {
    class Silent {}
    await using world = await createWorld({
      imports,
      configure: (builder) => builder.overrideProvider(Shop).useClass(Silent),
    });
    await world.publish(OrderPlaced, order);
    await quiet(world);
    expect(world.published(Invoiced)).toEqual([]);
  });

  it('lets nothing of an application go on that could not start', async () => {
    const broken = createWorld({
      imports,
      configure: (builder) =>
        builder.overrideProvider(Shop).useFactory({ factory: () => Promise.reject(new Error('no shop')) }),
    });
    await expect(broken).rejects.toThrow('no shop');
  });

  it('fails where a handler writes outside its transaction', async () => {
    @Injectable()
    class Careless {
      constructor(@InjectDataSource() private readonly source: DataSource) {}

      @Subscribe(Invoiced, { group: 'careless' })
      async invoiced({ id }: OrderDto): Promise<void> {
        await this.source.query('insert into shop_order (id, total) values ($1, 0)', [id]);
      }
    }
    await using world = await createWorld({ imports, providers: [Careless] });
    await world.publish(Invoiced, order);
    await quiet(world);
    const troubled = [...(await world.retrying()), ...(await world.deadLetters())];
    expect(JSON.stringify(troubled)).toContain('transaction');
  });
});

describe('a handler that throws', () => {
  it('is seen waiting for its next attempt, and has all of them when time is not waited for', async () => {
    await using world = await createWorld({ imports });
    await world.publish(OrderPlaced, free);
    await quiet(world);
    const [message] = await world.retrying();
    expect(message).toMatchObject({ channel: OrderPlaced.channel, group: 'shop' });
    expect(message!.error).toBe(`nothing costs -1, attempt ${message!.attempts}`);
    expect(await world.deadLetters()).toEqual([]);
    for (let attempt = message!.attempts; attempt < 11; attempt += 1) {
      await world.retryNow();
      await quiet(world);
    }
    expect(await world.retrying()).toEqual([]);
    expect(await world.deadLetters()).toMatchObject([{ handler: 'Shop.onPlaced', attempts: 11 }]);
    expect(world.published(Invoiced)).toEqual([]);
  });

  it('holds up the messages of its key only', async () => {
    await using world = await createWorld({ imports });
    await world.publish(OrderPlaced, free);
    await world.publish(OrderPlaced, { ...free, total: 2 });
    await world.publish(OrderPlaced, order);
    await quiet(world);
    expect(world.published(Invoiced)).toEqual([order]);
  });

  it('may be made to throw by the test', async () => {
    await using world = await createWorld({ imports });
    world.failHandler('Shop.onPlaced', new Error('provoked'), { times: 2 });
    await world.publish(OrderPlaced, order);
    await quiet(world);
    expect(world.published(Invoiced)).toEqual([order]);
  });
});

describe('trouble', () => {
  it('that strikes at a fault point is overcome', async () => {
    await using world = await createWorld({ imports });
    const strike = world.strikeAt('outbox.confirmed');
    await world.publish(OrderPlaced, order);
    await quiet(world);
    expect(strike.struck).toBe(1);
    expect(world.published(Invoiced)).toEqual([order]);
    expect(() => world.strikeAt('nowhere')).toThrow(
      /There is no fault point "nowhere"; there are: .*outbox\.confirmed/,
    );
  });

  it('of the network is overcome, and nothing is lost', async () => {
    await using world = await createWorld({ imports });
    const up = world.takeDown('shop');
    await world.publish(OrderPlaced, order);
    await expect(world.quiet({ timeout: 50 })).rejects.toMatchObject({
      code: 'NST_TESTING_NOT_QUIET',
      message: expect.stringMatching(
        /off line: shop.*\n.*on the way: 1 message of pubsub:orders\/placed to the group "shop"/,
      ),
    });
    up();
    await quiet(world);
    world.cut('shop');
    await world.publish(OrderPlaced, { id: 'o2', total: 6 });
    await quiet(world);
    expect(world.published(Invoiced)).toHaveLength(2);
  });

  it('is told: who still runs when the world should be quiet', async () => {
    let end: (() => void) | undefined;
    let begin: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    @Injectable()
    class Slow {
      @Subscribe(OrderPlaced, { group: 'slow' })
      placed(): Promise<void> {
        begin?.();
        return new Promise((resolve) => (end = resolve));
      }
    }
    await using world = await createWorld({ imports, providers: [Slow] });
    await world.publish(OrderPlaced, order);
    await begun;
    await expect(world.quiet({ timeout: 100 })).rejects.toThrow(
      /not quiet after 100 ms:(.|\n)*inbox: 1 message of pubsub:orders\/placed in the group "slow"(.|\n)*running: Slow.placed/,
    );
    end?.();
    await quiet(world);
    expect(world.published(Invoiced)).toEqual([order]);
  });

  it('with expectations is told by difference', async () => {
    await using world = await createWorld({ imports });
    await world.publish(OrderPlaced, order);
    await quiet(world);
    world.expectPublished(Invoiced, [order]);
    expect(() => world.expectPublished(Invoiced, [{ ...order, total: 6 }])).toThrow(
      /\[0\]\.total: expected 6, got 5\n(.|\n)*outside → pubsub:orders\/placed \{"id":"o1","total":5\}/,
    );
    await expect(world.untilPublished(Invoiced, ({ total }) => total === 7, { within: 50 })).rejects.toMatchObject({
      code: 'NST_TESTING_NOT_PUBLISHED',
    });
  });
});
