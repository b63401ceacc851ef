import { once } from 'node:events';
import { connect } from 'node:net';
import { NestanzaError } from '@nestanza/core';
import type { Check } from './finding.js';

/** Milliseconds a Redis has to take a connection. */
const PATIENCE = 3_000;

/** Where retries wait is named rightly, and a Redis takes connections. */
export const queueCheck: Check = {
  name: 'queue',
  async look() {
    const target = process.env['NESTANZA_QUEUE'] ?? 'postgres';
    if (target === 'postgres') return [{ check: 'queue', ok: true, says: 'in the database' }];
    const url = URL.canParse(target) ? new URL(target) : undefined;
    if (url === undefined || !/^rediss?:$/.test(url.protocol)) {
      throw new NestanzaError('NST_CLI_QUEUE', 'NESTANZA_QUEUE is neither "postgres" nor a redis:// address.');
    }
    await reach(url.hostname, Number(url.port || 6379));
    return [
      { check: 'queue', ok: true, says: `Redis at ${url.host}; its settings are judged at the start of a service` },
    ];
  },
  remedyFor: () => 'NESTANZA_QUEUE=postgres, or redis://host:6379 of a Redis that runs',
};

/** @throws Error when nobody takes the connection in time */
async function reach(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PATIENCE) });
  } finally {
    socket.destroy();
  }
}
