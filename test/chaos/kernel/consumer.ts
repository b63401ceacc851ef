import { BusModule, Ctx, Reject, Subscribe, type MessageContext } from '@nestanza/bus';
import { DeliveryModule, OnDeadLetter, Tx, type DeadLetter } from '@nestanza/delivery';
import { dataSourceOptions } from '@nestanza/postgres';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EntityManager } from 'typeorm';
import { released, tellParent } from './parent.js';
import { Work, WorkToDo } from './work.contract.js';

const INSERT = 'insert into chaos.effect (id, key, n) values ($1, $2, $3)';

@Injectable()
class Worker {
  @Subscribe(WorkToDo)
  async work({ id, key, n, fate }: Work, @Ctx() { attempt }: MessageContext, @Tx() tx: EntityManager): Promise<void> {
    if (fate === 'refused') throw new Reject('ASKED', 'as asked');
    await tx.query(INSERT, [id, key, n]);
    if (fate === 'again' && attempt === 1) throw new Error('as asked');
  }

  @OnDeadLetter(WorkToDo)
  async refused(letter: DeadLetter, @Tx() tx: EntityManager): Promise<void> {
    const { event } = JSON.parse(letter.envelope) as { event: { data: Work } };
    await tx.query(INSERT, [event.data.id, event.data.key, event.data.n]);
  }
}

@Module({
  imports: [
    TypeOrmModule.forRootAsync({ useFactory: () => dataSourceOptions({ name: 'worker', entities: [] }) }),
    BusModule.forRoot({ service: 'worker' }),
    DeliveryModule.forRoot(),
  ],
  providers: [Worker],
})
class Workers {}

const app = await NestFactory.createApplicationContext(Workers, { logger: false });
tellParent('ready');
await released();
await app.close();
