import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bus, BusModule, Respond, Subscribe, type OwnedContract } from '@nestanza/bus';
import { event, rpc } from '@nestanza/contracts';
import { pause, silentLog } from '@nestanza/core';
import { DeliveryModule } from '@nestanza/delivery';
import { dataSourceOptions } from '@nestanza/postgres';
import { temporaryDatabase, type TemporaryDatabase } from '@nestanza/postgres/internal';
import { Injectable, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { IsNumber, IsString } from 'class-validator';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import {
  MessageSaga,
  On,
  StartedBy,
  Step,
  Workflow,
  WorkflowInspector,
  WorkflowModule,
  Workflows,
  type WorkflowContext,
} from './index.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

class OrderDto {
  @IsString() orderId!: string;
}
class PaidDto {
  @IsString() orderId!: string;
  @IsNumber() amount!: number;
}
class SoldOut {
  @IsString() orderId!: string;
}

const Ordered = event('pubsub:shop/ordered', { type: 'ordered.v1', body: OrderDto });
const Paid = event('pubsub:bank/paid', { type: 'paid.v1', body: PaidDto });
const Noted = event('pubsub:shop/noted', { type: 'noted.v1', body: OrderDto });
const Reserve = rpc('rpc:bank.reserve', {
  in: OrderDto,
  out: String,
  errors: { SOLD_OUT: SoldOut },
  idempotent: true,
});

@Workflow({ receives: [Paid] })
class Sell {
  constructor(private readonly bus: Bus) {}

  async run(ctx: WorkflowContext, { orderId }: OrderDto): Promise<unknown> {
    const first = await ctx.request(Reserve, { orderId });
    const second = await this.reserveAgain(orderId);
    await ctx.publish(Ordered, { orderId });
    const paid = await ctx.waitFor(Paid, { filter: { orderId } });
    return { first, second, amount: paid.amount };
  }

  @Step()
  async reserveAgain(orderId: string): Promise<string> {
    return this.bus.request(Reserve, { orderId });
  }
}

@Workflow()
class SellOut {
  async run(ctx: WorkflowContext, { orderId }: OrderDto): Promise<string> {
    try {
      return await ctx.request(Reserve, { orderId });
    } catch (error) {
      if (Reserve.isError(error, 'SOLD_OUT')) return `sold out: ${error.data.orderId}`;
      throw error;
    }
  }
}

@Entity({ name: 'delivery_note' })
class DeliveryNote {
  @PrimaryColumn({ type: 'text' })
  orderId!: string;
  @Column({ type: 'text' })
  state!: string;
}

@MessageSaga(DeliveryNote, { key: 'orderId', state: 'state' })
class Delivering {
  constructor(private readonly bus: Bus) {}

  @StartedBy(Ordered, { by: (order) => order.orderId })
  async ordered(note: DeliveryNote, order: OrderDto): Promise<void> {
    note.state = 'ordered';
    await this.bus.publish(Noted, { orderId: order.orderId });
  }

  @On(Noted, { by: (order) => order.orderId, state: 'ordered' })
  noted(note: DeliveryNote): void {
    note.state = 'noted';
  }
}

@Injectable()
class Bank {
  constructor(private readonly bus: Bus) {}

  @Respond(Reserve)
  reserve({ orderId }: OrderDto): string {
    if (orderId === 'gone') throw Reserve.error('SOLD_OUT', { orderId });
    return `reserved ${orderId}`;
  }

  @Subscribe(Ordered)
  async onOrdered({ orderId }: OrderDto): Promise<void> {
    await this.bus.publish(Paid, { orderId: 'another', amount: 1 });
    await this.bus.publish(Paid, { orderId, amount: 42 });
  }
}

describe('a workflow on the bus', () => {
  let database: TemporaryDatabase;
  let source: DataSource;
  const apps: TestingModule[] = [];
  beforeAll(async () => {
    database = await temporaryDatabase();
    process.env['NESTANZA_DATABASE'] = database.url;
    const options = await dataSourceOptions({ url: database.url, entities: [DeliveryNote] });
    source = await new DataSource(options).initialize();
    await source.query('create table delivery_note ("orderId" text primary key, state text not null)');
    await service('bank', [Bank], [Paid, Reserve]);
    await service('shop', [Sell, SellOut, Delivering], [Ordered, Noted]);
  });
  afterAll(async () => {
    for (const app of apps.reverse()) await app.close();
    await source.destroy();
    delete process.env['NESTANZA_DATABASE'];
    await database.close();
  });

  async function service(name: string, providers: readonly Type[], owned: readonly OwnedContract[]): Promise<void> {
    @Module({ providers: [{ provide: DataSource, useValue: source }], exports: [DataSource] })
    class Database {}
    @Module({
      imports: [
        { module: Database, global: true },
        BusModule.forRoot({ service: name, xmpp: 'in-process', log: silentLog }),
        BusModule.forFeature(owned),
        DeliveryModule.forRoot({ log: silentLog }),
        WorkflowModule.forRoot(),
      ],
      providers: [...providers],
    })
    class Service {}
    const app = await Test.createTestingModule({ imports: [Service] }).compile();
    apps.push(app);
    await app.init();
  }

  const workflows = (): Workflows => apps[1]!.get(Workflows);

  it('asks, publishes, and waits for the event that answers it', async () => {
    const run = await workflows().start(Sell, { orderId: 'A-1' });
    expect(await run.result()).toEqual({ first: 'reserved A-1', second: 'reserved A-1', amount: 42 });
  });

  it("brings events to a saga's instance, with what it publishes", async () => {
    const run = await workflows().start(Sell, { orderId: 'B-1' });
    await run.result();
    const state = async (): Promise<string | undefined> =>
      (await source.manager.findOneBy(DeliveryNote, { orderId: 'B-1' }))?.state;
    while ((await state()) !== 'noted') await pause(10);
    const history = await apps[1]!.get(WorkflowInspector).history('Delivering', 'B-1');
    expect(history.map(({ cause }) => cause)).toEqual(['ordered.v1', 'noted.v1']);
  });

  it("tells a responder's declared error by its contract", async () => {
    const run = await workflows().start(SellOut, { orderId: 'gone' });
    expect(await run.result()).toBe('sold out: gone');
  });
});
