import { errorText, type Log } from '@nestanza/core';
import pg from 'pg';
import { Connection } from './connection.js';
import { checkNotification } from './notification.js';
import { type Unsubscribe } from './statement.js';

/** Called with the payload; must not throw. */
export type NotificationListener = (payload: string) => void;

/** Hears notifications on one connection, and listens again after it was lost. What came meanwhile is not heard. */
export class Listener {
  readonly #connection: Connection;
  readonly #log: Log;
  readonly #channels = new Map<string, Set<NotificationListener>>();

  constructor({ url, log }: { readonly url: string; readonly log: Log }) {
    this.#log = log;
    this.#connection = new Connection({
      url,
      log,
      name: 'nestanza listen',
      onConnect: (client) => this.#resume(client),
    });
  }

  /** @throws NestanzaError `NST_POSTGRES_NOTIFICATION` when the channel's name is too long */
  listen(channel: string, listener: NotificationListener): Unsubscribe {
    checkNotification(channel, '');
    const listeners = this.#channels.get(channel) ?? this.#begin(channel);
    // An own function per registration: the same listener may be registered twice.
    const registered: NotificationListener = (payload) => listener(payload);
    listeners.add(registered);
    return () => {
      if (!listeners.delete(registered) || listeners.size > 0) return;
      this.#channels.delete(channel);
      this.#tell('unlisten', channel);
    };
  }

  /** Resolves while or once it hears. */
  get ready(): Promise<void> {
    return this.#connection.up;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #begin(channel: string): Set<NotificationListener> {
    const listeners = new Set<NotificationListener>();
    this.#channels.set(channel, listeners);
    // Again once it is up, also where resuming sees the channel: listening twice is listening once.
    void this.#connection.up.then(() => {
      if (this.#channels.has(channel)) this.#tell('listen', channel);
    });
    return listeners;
  }

  /** While the connection is down there is nobody to tell: it listens to the channels of that time when it is back. */
  #tell(verb: 'listen' | 'unlisten', channel: string): void {
    if (!this.#connection.isUp) return;
    this.#connection
      .query({ name: '', text: `${verb} ${pg.escapeIdentifier(channel)}` }, [])
      .catch((error: unknown) => {
        this.#log.debug('a channel was not changed', { verb, channel, error: errorText(error) });
      });
  }

  async #resume(client: pg.Client): Promise<void> {
    client.on('notification', ({ channel, payload }) => {
      for (const listener of this.#channels.get(channel) ?? []) listener(payload ?? '');
    });
    for (const channel of this.#channels.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
  }
}
