import { NestanzaError } from '@nestanza/core';
import type { Connection } from '@nestanza/xmpp';

/** True for what may succeed on the next stream. */
export function isRetryable(error: unknown): boolean {
  return error instanceof NestanzaError && error.retryable;
}

/**
 * Does the work when the connection stands; when a stream is lost under it, again on the next one.
 * @throws whatever the work throws that another try would not mend
 */
export async function untilDone(connection: Connection, work: () => Promise<void>): Promise<void> {
  for (;;) {
    await online(connection);
    try {
      return await work();
    } catch (error) {
      if (!isRetryable(error) || connection.status.state === 'online') throw error;
    }
  }
}

/** Resolves when the connection stands, at once where it does. */
export function online(connection: Connection): Promise<void> {
  if (connection.status.state === 'online') return Promise.resolve();
  return new Promise((resolve) => {
    const release = connection.onStatus((status) => {
      if (status.state !== 'online') return;
      release();
      resolve();
    });
  });
}
