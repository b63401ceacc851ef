import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@nestanza/core';
import { type Database } from '../database.js';
import { shareEmbedded } from '../embedded/shared-databases.js';

/**
 * Milliseconds for which this process keeps the server after it has given back its last handle, so that the next test
 * need not start it again. Shorter than the patience of test runners with a process that should have ended.
 */
const LINGER = 100;

/**
 * The embedded server that all tests of a checkout share, made at the first use, its files kept for the next run. It
 * survives kills but not a power cut: it does not wait for the disk.
 */
export async function openTestServer(): Promise<Database> {
  const server = await shareEmbedded({ data: testDirectory(), log: silentLog, settings: { fsync: 'off' } });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= linger(server));
  return {
    get url() {
      return server.url;
    },
    embedded: true,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What the last handle that was given back is waiting for. */
let lingering: { end(): void } | undefined;

/** Resolves at once; the handle itself is closed a moment later, or when another one takes its place. */
function linger(server: Database): Promise<void> {
  const previous = lingering;
  const timer = setTimeout(() => end(), LINGER);
  const end = () => {
    clearTimeout(timer);
    if (lingering === mine) lingering = undefined;
    // Nobody waits any more; a server that could not be left is left by the next process.
    server.close().catch(() => undefined);
  };
  const mine = { end };
  lingering = mine;
  previous?.end();
  return Promise.resolve();
}

/** The checkout's cache, where tools keep theirs; else the system's directory for temporary files. */
function testDirectory(): string {
  const modules = join(process.cwd(), 'node_modules');
  return existsSync(modules)
    ? join(modules, '.cache', 'nestanza-test')
    : join(tmpdir(), `nestanza-test-${process.getuid?.() ?? 0}`);
}
