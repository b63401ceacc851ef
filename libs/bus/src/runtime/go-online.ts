import { type Clock, type Duration, milliseconds, systemClock } from '@nestanza/core';
import type { Connection } from '@nestanza/xmpp';
import type { StartupMode } from '../bus-options.js';
import { startupFailure } from '../startup-failure.js';

export interface GoOnlineOptions {
  readonly mode: StartupMode;
  /** For `'wait'`. */
  readonly timeout: Duration;
  /** How XMPP is reached, without secrets. */
  readonly description: string;
  readonly clock?: Clock;
}

/**
 * Starts the connection as the mode says: `'wait'` resolves online, or fails when the time is over; `'fail'` fails with
 * the first attempt; `'background'` resolves at once, and every failure shows in the status.
 * @throws StartupError `NST_BUS_STARTUP` naming the reason
 */
export async function goOnline(connection: Connection, options: GoOnlineOptions): Promise<void> {
  if (connection.status.state === 'online') return;
  const started = connection.start();
  if (options.mode === 'background') {
    // A final failure is the connection's status, which the bus reports.
    started.catch(() => undefined);
    return;
  }
  const patience = new Patience(connection, options);
  try {
    await Promise.race([started, patience.over]);
  } catch (error) {
    throw startupFailure(error, {
      doing: `no connection as ${options.description}`,
      otherwise: 'start the server, or correct NESTANZA_XMPP; { startup: "background" } starts without it',
    });
  } finally {
    patience.end();
  }
}

/** Rejects when a start has lasted, or failed, long enough for its mode. */
class Patience {
  readonly over: Promise<never>;
  readonly #release: (() => void)[] = [];

  constructor(connection: Connection, { mode, timeout, clock = systemClock }: GoOnlineOptions) {
    this.over = new Promise((_, reject) => {
      let latest = new Error('nobody answered in time');
      this.#release.push(
        connection.onStatus((status) => {
          if (status.state !== 'waiting') return;
          latest = status.error;
          if (mode === 'fail') reject(latest);
        }),
      );
      if (mode === 'wait') {
        const timer = clock.after(milliseconds(timeout), () => reject(latest));
        this.#release.push(() => timer.cancel());
      }
    });
    // Nobody waits any more once the start has succeeded.
    this.over.catch(() => undefined);
  }

  end(): void {
    for (const release of this.#release) release();
  }
}
