import { errorText, type Log } from '@nestanza/core';
import { type Database } from '../database.js';
import { EmbeddedDatabase, type EmbeddedOptions } from './embedded-database.js';

/** One stake of this process in a server, shared by everything in it that opened the same data directory. */
interface SharedDatabase {
  readonly database: Promise<EmbeddedDatabase>;
  readonly log: Log;
  users: number;
}

const open = new Map<string, SharedDatabase>();
/** Closings under way, by data directory: opening again waits for them. */
const closing = new Map<string, Promise<void>>();

/** A handle of the data directory's embedded database; the process leaves the server when its last one is closed. */
export async function shareEmbedded(options: EmbeddedOptions): Promise<Database> {
  const { data } = options;
  await closing.get(data);
  const shared = open.get(data) ?? begin(options);
  shared.users++;
  const database = await shared.database.catch((error: unknown) => {
    if (open.get(data) === shared) open.delete(data);
    throw error;
  });

  let closed: Promise<void> | undefined;
  const close = () => (closed ??= release(data, shared));
  return {
    get url() {
      return database.url();
    },
    embedded: true,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function begin(options: EmbeddedOptions): SharedDatabase {
  const shared = { database: EmbeddedDatabase.open(options), log: options.log, users: 0 };
  open.set(options.data, shared);
  process.removeListener('beforeExit', onIdle).once('beforeExit', onIdle);
  return shared;
}

async function release(data: string, shared: SharedDatabase): Promise<void> {
  shared.users--;
  if (shared.users > 0 || open.get(data) !== shared) return closing.get(data);
  open.delete(data);
  const left = shared.database.then((database) => database.close()).finally(() => closing.delete(data));
  closing.set(
    data,
    left.catch(() => undefined),
  );
  return left;
}

function onIdle(): void {
  void leaveAll();
}

/** A process that has nothing left to do gives back what it forgot to close, so that the server does not outlive it. */
async function leaveAll(): Promise<void> {
  for (const [data, shared] of open) {
    shared.users = 1;
    await release(data, shared).catch((error: unknown) =>
      shared.log.error('the database server could not be left', { data, error: errorText(error) }),
    );
  }
}
