import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { event } from '@nestanza/contracts';
import { onFaultPoint, pause, silentLog, systemClock } from '@nestanza/core';
import { migrate, runInTransaction } from '@nestanza/postgres';
import { Kernel, temporaryDatabase } from '@nestanza/postgres/internal';
import { Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { workflowMigrations } from '../entities/entities.js';
import { topicOf } from '../event-topic.js';
import { WorkflowInspector } from '../inspector.js';
import type { SagaContext } from './saga-context.js';
import type { SagaDefinition } from './saga-definition.js';
import { exploreSagas } from './saga-explorer.js';
import { SagaInstance, type SagaOutcome } from './saga-instance.js';
import { SagaTimers } from './saga-timers.js';
import { MessageSaga, On, OnTimeout, StartedBy } from './saga.decorators.js';

jest.setTimeout(120_000); // a cold database server on two busy cores

class OrderDto {
  orderId!: string;
  amount?: number;
}
const Placed = event('pubsub:placed', { type: 'placed.v1', body: OrderDto });
const Paid = event('pubsub:paid', { type: 'paid.v1', body: OrderDto });
const Packed = event('pubsub:packed', { type: 'packed.v1', body: OrderDto });

@Entity({ name: 'shipment' })
class Shipment {
  @PrimaryColumn({ type: 'text' })
  orderId!: string;
  @Column({ type: 'text' })
  state!: string;
  @Column({ type: 'integer', default: 0 })
  paid!: number;
}

@MessageSaga(Shipment, { key: 'orderId', state: 'state' })
class Shipping {
  @StartedBy(Placed, { by: (order) => order.orderId, to: 'unpaid' })
  placed(shipment: Shipment, order: OrderDto, ctx: SagaContext): void {
    shipment.state = 'unpaid';
    shipment.paid = 0;
    if (order.amount !== undefined) ctx.timeout('unpaid', order.amount);
  }

  @On(Paid, { by: (order) => order.orderId, state: ['unpaid', 'paid'], to: 'paid' })
  async onPaid(shipment: Shipment, order: OrderDto, ctx: SagaContext): Promise<void> {
    if (order.amount === -1) throw new Error('the bank burns');
    shipment.state = 'paid';
    shipment.paid += order.amount ?? 0;
    ctx.cancelTimeout('unpaid');
    await pause(1);
  }

  @On(Packed, { by: (order) => order.orderId, state: 'paid', to: 'gone' })
  packed(shipment: Shipment, _order: OrderDto, ctx: SagaContext): void {
    shipment.state = 'gone';
    ctx.end();
  }

  @OnTimeout('unpaid', { state: 'unpaid', to: ['abandoned'] })
  late(shipment: Shipment): void {
    shipment.state = 'abandoned';
  }
}

describe('a saga', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let source: DataSource;
  let kernel: Kernel;
  let saga: SagaDefinition;
  let inspector: WorkflowInspector;
  let timers: SagaTimers;
  let count = 0;
  beforeAll(async () => {
    database = await temporaryDatabase();
    await migrate(database.url, workflowMigrations);
    source = await new DataSource({ type: 'postgres', url: database.url, entities: [Shipment] }).initialize();
    await source.query(
      `create table shipment ("orderId" text primary key, state text not null, paid integer not null default 0)`,
    );
    kernel = await Kernel.open({ url: database.url });
    @Module({ imports: [DiscoveryModule], providers: [Shipping] })
    class App {}
    const app = await Test.createTestingModule({ imports: [App] }).compile();
    saga = exploreSagas(app.get(DiscoveryService))[0]!;
    inspector = new WorkflowInspector(source, [saga]);
    timers = new SagaTimers([saga], { sql: kernel, dataSource: source, clock: systemClock, log: silentLog });
    timers.start();
  });
  beforeEach(() => void (count += 1));
  afterAll(async () => {
    await timers.stop();
    await source.destroy();
    await kernel.close();
    await database.close();
  });

  function receive(contract: typeof Placed, body: OrderDto): Promise<SagaOutcome> {
    const messageId = `message ${count}`;
    return runInTransaction(source, async (tx) => {
      const instance = await SagaInstance.lock(tx, saga, body.orderId);
      return instance.receive({ topic: topicOf(contract), messageId, body });
    });
  }

  const shipment = (orderId: string): Promise<Shipment | null> => source.manager.findOneBy(Shipment, { orderId });
  const states = async (key: string): Promise<unknown> =>
    (await inspector.history('Shipping', key)).map(({ version, fromState, toState, cause }) => [
      version,
      fromState,
      toState,
      cause,
    ]);

  it("keeps its state in the user's own entity, and its history beside it", async () => {
    await receive(Placed, { orderId: 'A' });
    await receive(Paid, { orderId: 'A', amount: 5 });
    expect(await shipment('A')).toMatchObject({ state: 'paid', paid: 5 });
    await receive(Packed, { orderId: 'A' });
    expect(await states('A')).toEqual([
      [1, null, 'unpaid', 'placed.v1'],
      [2, 'unpaid', 'paid', 'paid.v1'],
      [3, 'paid', 'gone', 'packed.v1'],
    ]);
  });

  it('drops what comes after its end, and a second beginning', async () => {
    expect(await receive(Placed, { orderId: 'B' })).toBe('handled');
    expect(await receive(Placed, { orderId: 'B' })).toBe('dropped');
    await receive(Paid, { orderId: 'B' });
    await receive(Packed, { orderId: 'B' });
    expect(await receive(Paid, { orderId: 'B' })).toBe('dropped');
    expect(await receive(Placed, { orderId: 'B' })).toBe('dropped');
    expect(await states('B')).toHaveLength(3);
  });

  it('keeps what comes before its birth, or before its state, and handles it then in the order of arrival', async () => {
    expect(await receive(Packed, { orderId: 'C' })).toBe('kept');
    expect(await receive(Paid, { orderId: 'C', amount: 7 })).toBe('kept');
    expect(await receive(Placed, { orderId: 'C' })).toBe('handled');
    expect(await states('C')).toEqual([
      [1, null, 'unpaid', 'placed.v1'],
      [2, 'unpaid', 'paid', 'paid.v1'],
      [3, 'paid', 'gone', 'packed.v1'],
    ]);
    expect(await source.query('select * from nestanza.workflow_saga_message')).toEqual([]);
  });

  it('loses no update when messages of one instance come at once, also not its birth', async () => {
    const payments = Array.from({ length: 20 }, () => receive(Paid, { orderId: 'D', amount: 1 }));
    const births = Array.from({ length: 5 }, () => receive(Placed, { orderId: 'D' }));
    const outcomes = await Promise.all([...births, ...payments]);
    expect(outcomes.filter((outcome) => outcome === 'dropped')).toHaveLength(4);
    expect(await shipment('D')).toMatchObject({ state: 'paid', paid: 20 });
  });

  it('changes nothing when its method throws', async () => {
    await receive(Placed, { orderId: 'E' });
    await expect(receive(Paid, { orderId: 'E', amount: -1 })).rejects.toThrow('the bank burns');
    expect(await shipment('E')).toMatchObject({ state: 'unpaid' });
    expect(await states('E')).toHaveLength(1);
  });

  it('changes nothing when its process dies before the commit, and everything when the message comes again', async () => {
    await receive(Placed, { orderId: 'H' });
    onFaultPoint((point) => {
      if (point === 'workflow.saga.handled') throw new Error('dies');
    });
    try {
      await expect(receive(Paid, { orderId: 'H', amount: 3 })).rejects.toThrow('dies');
    } finally {
      onFaultPoint(undefined);
    }
    expect(await shipment('H')).toMatchObject({ state: 'unpaid', paid: 0 });
    expect(await states('H')).toHaveLength(1);
    expect(await receive(Paid, { orderId: 'H', amount: 3 })).toBe('handled');
    expect(await shipment('H')).toMatchObject({ state: 'paid', paid: 3 });
  });

  it('is told of a timeout once it is over, and not of a cancelled one', async () => {
    await receive(Placed, { orderId: 'F', amount: 30 });
    await receive(Placed, { orderId: 'G', amount: 30 });
    await receive(Paid, { orderId: 'G' });
    timers.hurry();
    while ((await shipment('F'))?.state !== 'abandoned') await pause(10);
    expect(await states('F')).toContainEqual([2, 'unpaid', 'abandoned', 'timeout unpaid']);
    expect(await shipment('G')).toMatchObject({ state: 'paid' });
    expect(await source.query('select * from nestanza.workflow_saga_timer')).toEqual([]);
  });

  it('draws what it declares', async () => {
    expect(await inspector.diagram('Shipping')).toBe(
      [
        'stateDiagram-v2',
        '  [*] --> unpaid: placed.v1',
        '  paid --> gone: packed.v1',
        '  paid --> paid: paid.v1',
        '  unpaid --> abandoned: timeout unpaid',
        '  unpaid --> paid: paid.v1',
        '',
      ].join('\n'),
    );
  });
});
