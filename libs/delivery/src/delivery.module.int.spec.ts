import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BUS_SERVICE, DURABLE_DELIVERY } from '@nestanza/bus/internal';
import { silentLog } from '@nestanza/core';
import { dataSourceOptions } from '@nestanza/postgres';
import { temporaryDatabase, type TemporaryDatabase } from '@nestanza/postgres/internal';
import { type DynamicModule, Injectable, Module, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource, type EntityManager } from 'typeorm';
import { subscription, body, CHANNEL, until } from '../test/delivery-world.js';
import { FakeTransport } from '../test/fake-transport.js';
import { InjectServiceQueue, type ServiceQueue } from './bullmq/service-queue.js';
import { OnDeadLetter } from './dead-letter/on-dead-letter.decorator.js';
import { DeliveryModule } from './delivery.module.js';
import type { Delivery } from './delivery.js';
import type { DeadLetter } from './schema/dead-letter.entity.js';
import { DELIVERY_DATA_SOURCE } from './tokens.js';
import { Tx } from './tx.decorator.js';

/** What BusModule provides to delivery, and TypeOrmModule where the application has one. */
@Module({})
class Surroundings {
  static of(dataSource?: DataSource): DynamicModule {
    const providers = [
      { provide: BUS_SERVICE, useValue: 'orders' },
      ...(dataSource === undefined ? [] : [{ provide: DataSource, useValue: dataSource }]),
    ];
    return { module: Surroundings, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}

const letters: DeadLetter[] = [];

@Injectable()
class Undertaker {
  constructor(@InjectServiceQueue() readonly queue: ServiceQueue) {}

  @OnDeadLetter(CHANNEL)
  async refused(letter: DeadLetter, @Tx() tx: EntityManager): Promise<void> {
    await tx.query('select 1');
    letters.push(letter);
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestScoped {
  @OnDeadLetter(CHANNEL)
  refused(): void {}
}

let database: TemporaryDatabase;

beforeEach(async () => {
  database = await temporaryDatabase();
  process.env['NESTANZA_DATABASE'] = database.url;
});

afterEach(async () => {
  delete process.env['NESTANZA_DATABASE'];
  await database.close();
});

describe('DeliveryModule', () => {
  it("uses the application's data source, finds the dead-letter handlers, and ends with the application", async () => {
    const own = await new DataSource(await dataSourceOptions({ url: database.url, entities: [] })).initialize();
    const app = await Test.createTestingModule({
      imports: [Surroundings.of(own), DeliveryModule.forRoot({ log: silentLog })],
      providers: [Undertaker],
    }).compile();
    await app.init();
    expect(app.get(DELIVERY_DATA_SOURCE, { strict: false })).toBe(own);
    expect(app.get(Undertaker).queue.name).toBe('orders');
    const delivery = app.get<Delivery>(DURABLE_DELIVERY, { strict: false });
    const transport = new FakeTransport();
    const refuse = () => Promise.reject(Object.assign(new Error('no'), { reject: 'INVALID' }));
    delivery.register(subscription({ handle: refuse }));
    await delivery.start(transport);
    transport.put(CHANNEL, 'm1', body('one'));
    await until(() => letters.length === 1);
    expect(letters[0]).toMatchObject({ messageId: 'm1', code: 'INVALID' });
    await app.close();
    expect(own.isInitialized).toBe(true);
    await own.destroy();
  });

  it('makes a data source of its own where the application has none', async () => {
    const app = await Test.createTestingModule({
      imports: [
        Surroundings.of(),
        DeliveryModule.forRootAsync({ useFactory: () => Promise.resolve({ log: silentLog }) }),
      ],
    }).compile();
    await app.init();
    const own = app.get<DataSource>(DELIVERY_DATA_SOURCE, { strict: false });
    expect(own.isInitialized).toBe(true);
    await app.close();
    expect(own.isInitialized).toBe(false);
  });

  it('says so where there is no bus', async () => {
    const module = Test.createTestingModule({ imports: [DeliveryModule.forRoot({ log: silentLog })] });
    await expect(module.compile()).rejects.toMatchObject({ code: 'NST_DELIVERY_NO_BUS' });
  });

  it('refuses a dead-letter handler of a request-scoped class at the start', async () => {
    const app = await Test.createTestingModule({
      imports: [Surroundings.of(), DeliveryModule.forRoot({ log: silentLog })],
      providers: [RequestScoped],
    }).compile();
    await expect(app.init()).rejects.toMatchObject({ code: 'NST_DELIVERY_HOOK_SCOPE' });
    await app.close();
  });
});
