import { Bus, BusModule } from '@nestanza/bus';
import { DeliveryModule } from '@nestanza/delivery';
import { dataSourceOptions } from '@nestanza/postgres';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { JournalWriter, readJournal } from './journal.js';
import { released, tellParent } from './parent.js';
import { fateOf, WorkToDo } from './work.contract.js';

/*
 * Publishes as many messages as the quota says, until all have been attempted, key by key in order, and writes down what
 * it knows of each: `producer.js <journal> <messages> <rate> <quota>`. Started again, it goes on where the journal ends.
 */
const [, , path = '', messages = '0', rate = '1', quotaFile = ''] = process.argv;
const KEYS = 50;
/** Rows that may wait before it pauses. */
const BACKLOG = 1_000;
const WAITING = 'select (select count(*)::int from nestanza.outbox) + (select count(*)::int from nestanza.inbox) n';

@Module({
  imports: [
    TypeOrmModule.forRootAsync({ useFactory: () => dataSourceOptions({ name: 'source', entities: [] }) }),
    BusModule.forRoot({ service: 'source' }),
    BusModule.forFeature([WorkToDo]),
    DeliveryModule.forRoot(),
  ],
})
class Source {}

const app = await NestFactory.createApplicationContext(Source, { logger: false });
const bus = app.get(Bus);
const database = app.get(DataSource);
tellParent('ready');

const before = await readJournal(path);
const journal = new JournalWriter(path);
const next = new Map<number, number>();
for (const { id } of before) {
  const [key = 0, n = 0] = id.split('-').map(Number);
  next.set(key, Math.max(next.get(key) ?? 1, n + 1));
}
let attempted = before.length;
let quota = 0;
let slot = Date.now();

/** Raises the quota to what the file says, unless too much waits already. */
async function watchQuota(): Promise<void> {
  while (attempted < Number(messages)) {
    const waiting = await database.query<{ n: number }[]>(WAITING).catch(() => []);
    const crowded = (waiting[0]?.n ?? BACKLOG) >= BACKLOG;
    quota = crowded ? 0 : Math.min(Number(messages), Number(await readFile(quotaFile, 'utf8')));
    await sleep(100);
  }
}

async function publishKey(key: number): Promise<void> {
  while (attempted < Number(messages)) {
    if (attempted >= quota) {
      await sleep(50);
      continue;
    }
    attempted += 1;
    slot = Math.max(Date.now(), slot + 1_000 / Number(rate));
    await sleep(Math.max(0, slot - Date.now()));
    const n = next.get(key) ?? 1;
    next.set(key, n + 1);
    const id = `${key}-${n}`;
    journal.attempted(id);
    try {
      await bus.publish(WorkToDo, { id, key: String(key), n, fate: fateOf(key, n) });
      journal.acknowledged(id);
    } catch {
      // Whether it committed is for the checker to find out.
    }
  }
}

await Promise.all([watchQuota(), ...Array.from({ length: KEYS }, (_, key) => publishKey(key))]);
tellParent('done');
await released();
await app.close();
