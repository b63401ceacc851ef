import { join } from 'node:path';
import { TestProcess } from '../../support/child-process.js';
import { freePort } from '../../support/free-port.js';
import { listening, temporaryFolder } from './foreign-server.js';

export interface RedisOptions {
  /** `appendonly` of redis.conf; default `yes`. */
  readonly appendOnly?: boolean;
  /** `maxmemory-policy` of redis.conf; default `noeviction`. */
  readonly policy?: string;
}

/** Debian's Redis on loopback, with a data directory of its own that outlives a crash. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  /** The process ends at once, as by a crash. */
  kill(): void;
  /** It runs again, on the same port and data. */
  start(): Promise<void>;
}

export async function startRedis({
  appendOnly = true,
  policy = 'noeviction',
}: RedisOptions = {}): Promise<RedisServer> {
  const folder = await temporaryFolder('redis');
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder.path,
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    appendfsync: 'everysec',
    'maxmemory-policy': policy,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  let server: TestProcess;
  async function start(): Promise<void> {
    server = new TestProcess('/usr/bin/redis-server', { args, log: join(folder.path, 'redis.log') });
    await server.ready(() => listening(port), 10_000);
  }
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    kill: () => {
      if (server.pid !== undefined && server.ended === undefined) process.kill(server.pid, 'SIGKILL');
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await folder.remove();
    },
  };
}
