import { silentLog, type Log } from '@nestanza/core';
import { migrate } from '@nestanza/postgres';
import { Kernel } from '@nestanza/postgres/internal';
import { LetterArchive } from './dead-letter/letter-archive.js';
import { deliveryMigrations } from './schema/entities.js';
import { traceMessage, type TraceStop } from './trace.js';

/** Looks into the messages of every service of a database, from outside of them. */
export interface DatabaseInspector extends AsyncDisposable {
  /** A replayed message is found by the next sweep of whoever handles it, within a second. */
  readonly letters: LetterArchive;
  trace(messageId: string): Promise<readonly TraceStop[]>;
}

export interface DatabaseInspectorOptions {
  /** `postgres://…` */
  readonly database: string;
  /** Whose letters; by default those of every service. */
  readonly service?: string;
  readonly log?: Log;
}

/** The tables of delivery exist afterwards. */
export async function openDeliveryInspector(options: DatabaseInspectorOptions): Promise<DatabaseInspector> {
  const { database, service, log = silentLog } = options;
  await migrate(database, deliveryMigrations);
  const kernel = await Kernel.open({ url: database, log });
  return {
    letters: new LetterArchive({ kernel, ...(service !== undefined && { service }) }),
    trace: (messageId) => traceMessage(kernel, messageId),
    [Symbol.asyncDispose]: () => kernel.close(),
  };
}
