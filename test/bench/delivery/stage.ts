import { openDatabase } from '@nestanza/postgres';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepts } from '../../support/accepts.js';
import { TestProcess } from '../../support/child-process.js';
import { freePort } from '../../support/free-port.js';
import { poll } from '../../support/poll.js';

const REDIS = '/usr/bin/redis-server';

/** A store that several contenders share, as long as one of them needs it. */
class Shared<T> {
  readonly #start: () => Promise<T & AsyncDisposable>;
  #value: Promise<T & AsyncDisposable> | undefined;
  #users = 0;

  constructor(start: () => Promise<T & AsyncDisposable>) {
    this.#start = start;
  }

  use(): Promise<T> {
    this.#users += 1;
    return (this.#value ??= this.#start());
  }

  async leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    const value = await this.#value;
    this.#value = undefined;
    await value?.[Symbol.asyncDispose]();
  }
}

export interface Store {
  readonly url: string;
}

/** An embedded PostgreSQL with its defaults: every commit is on the disk. */
export const postgres = new Shared<Store>(async () => {
  const data = await mkdtemp(join(tmpdir(), 'nestanza-bench-'));
  const database = await openDatabase({ url: 'embedded', data });
  return {
    url: database.url,
    async [Symbol.asyncDispose]() {
      await database.close();
      await rm(data, { recursive: true, force: true });
    },
  };
});

/** Debian's Redis with an append-only file, on the disk every second. */
export const redis = new Shared<Store>(async () => {
  if (!existsSync(REDIS)) throw new Error('bullmq-redis needs a Redis: apt-get install redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'nestanza-bench-redis-'));
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = new TestProcess(REDIS, { args, log: join(folder, 'log') });
  await poll(async () => (await accepts(port)) || undefined, { within: 10_000, what: 'start of Redis' });
  return {
    url: `redis://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
});

/** What handlers write into. */
export const EFFECTS = 'create table if not exists public.bench_effect (id text)';
export const INSERT = 'insert into public.bench_effect (id) values ($1)';
