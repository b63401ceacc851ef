import { errorText, milliseconds, type Duration, type Log } from '@nestanza/core';
import type pg from 'pg';
import { Connection } from './connection.js';
import { LEASE } from './lease-statements.js';
import { type Unsubscribe } from './statement.js';

export interface LeaseOptions {
  /** How long an incarnation lives without a heartbeat; default `5s`. */
  readonly duration?: Duration;
  /** Time between heartbeats; default `1.5s`. */
  readonly heartbeat?: Duration;
}

const LEASE_DEFAULTS = { duration: '5s', heartbeat: '1.5s' } as const satisfies LeaseOptions;

interface ProcessLeaseSettings extends LeaseOptions {
  readonly url: string;
  readonly log: Log;
  /** A heartbeat was not answered in time: every connection may be dead. */
  readonly onSilence: () => void;
}

/**
 * The right of this process to own things in the database. Others count it as alive while its row's lease has not
 * expired by the database's clock **and** its session holds advisory lock (7002, id), so that a killed process is dead
 * at once and a stopped one after the lease. Any doubt (a lapsed lease, a lost session, silence) makes a new
 * incarnation with a new id: what the old one owned is not ours any more.
 */
export class ProcessLease {
  readonly #settings: ProcessLeaseSettings;
  readonly #duration: number;
  readonly #connection: Connection;
  readonly #timer: NodeJS.Timeout;
  readonly #groups = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #id = '';
  /** By this process's monotonic clock, counted from before the heartbeat was sent: earlier than the database's. */
  #validUntil = 0;
  #beating = false;

  constructor(settings: ProcessLeaseSettings) {
    this.#settings = settings;
    this.#duration = milliseconds(settings.duration ?? LEASE_DEFAULTS.duration);
    this.#connection = new Connection({
      url: settings.url,
      log: settings.log,
      name: 'nestanza lease',
      onConnect: (client) => this.#register(client),
      onDisconnect: () => (this.#validUntil = 0),
    });
    const interval = milliseconds(settings.heartbeat ?? LEASE_DEFAULTS.heartbeat);
    this.#timer = setInterval(() => void this.#beat(), interval);
  }

  /** `process.id` of the current incarnation, or of the last one while there is none. */
  get id(): string {
    return this.#id;
  }

  /** Whether this incarnation may start anything. Ask right before. */
  get valid(): boolean {
    return performance.now() < this.#validUntil;
  }

  /** Resolves when the first incarnation is registered. */
  get ready(): Promise<void> {
    return this.#connection.up;
  }

  /** Lists this process, in every incarnation from now on, among those that consume a group. Idempotent. */
  async join(group: number): Promise<void> {
    this.#groups.add(group);
    await this.#announce();
  }

  /** Undoes `join`; the group's lanes must have been released before. Idempotent. */
  async leave(group: number): Promise<void> {
    this.#groups.delete(group);
    await this.#announce();
  }

  /** Calls `listener` whenever a new incarnation is registered, not for the first: forget what the old one owned. */
  onReincarnation(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The process is dead to the others. Call it last. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#validUntil = 0;
    if (this.#connection.isUp) {
      await this.#connection
        .query(LEASE.end, [this.#id])
        .catch((error: unknown) =>
          this.#settings.log.debug('the lease could not be given back, it lapses', { error: errorText(error) }),
        );
    }
    await this.#connection.close();
  }

  async #register(client: pg.Client): Promise<void> {
    const sent = performance.now();
    const groups = [...this.#groups];
    const { rows } = await client.query<{ id: string }>({
      ...LEASE.register,
      values: [this.#duration / 1_000, groups],
    });
    const previous = this.#id;
    this.#id = rows[0]?.id ?? '';
    this.#validUntil = sent + this.#duration;
    if (previous === '') return;
    this.#settings.log.warn('process lease lost, began a new incarnation', { previous, current: this.#id });
    for (const listener of this.#listeners) listener();
  }

  /** While the connection is down this is put off until the next incarnation stands. */
  async #announce(): Promise<void> {
    if (this.#connection.isUp) {
      await this.#connection.query(LEASE.announce, [this.#id, [...this.#groups]]);
      return;
    }
    this.#connection.up
      .then(() => this.#announce())
      .catch((error: unknown) => this.#settings.log.warn('groups were not announced', { error: errorText(error) }));
  }

  async #beat(): Promise<void> {
    const sent = performance.now();
    if (this.#beating) return this.#fallSilent(sent);
    if (!this.#connection.isUp) return;
    this.#beating = true;
    try {
      const rows = await this.#connection.query(LEASE.heartbeat, [this.#id, this.#duration / 1_000]);
      if (rows.length === 1) this.#validUntil = sent + this.#duration;
      else this.#abandon();
    } catch (error) {
      this.#settings.log.debug('heartbeat failed', { error: errorText(error) });
      this.#abandon();
    } finally {
      this.#beating = false;
    }
  }

  #fallSilent(now: number): void {
    if (now < this.#validUntil) return;
    this.#abandon();
    this.#settings.onSilence();
  }

  #abandon(): void {
    this.#validUntil = 0;
    this.#connection.reset();
  }
}
