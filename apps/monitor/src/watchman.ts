import { alertConfig, type AlertSettings } from '@nestanza-demo/config';
import { Bus, OnPresence, type PresenceChange } from '@nestanza/bus';
import { errorText, milliseconds, pause, systemClock } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { Attendance } from './attendance.js';
import { Outage } from './outage.entity.js';

/** Tells the operator who is missing, and who is back. Each report and its record are one commit. */
@Injectable()
export class Watchman implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger(Watchman.name);
  readonly #attendance: Attendance;
  readonly #operator: string;
  /** Reports are made one after another, so that "missing" and "back" keep their order. */
  #reporting: Promise<void> = Promise.resolve();
  readonly #ending = new AbortController();
  #stopListening: () => void = () => undefined;

  constructor(
    private readonly bus: Bus,
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(alertConfig.KEY) alerts: AlertSettings,
  ) {
    this.#operator = `message:${alerts.operator}`;
    this.#attendance = new Attendance({
      services: ['orders', 'inventory', 'billing'],
      missingAfter: milliseconds(alerts.missingAfter),
      clock: systemClock,
      onMissing: (service) => this.#report((tx) => this.#missing(tx, service)),
      onPresent: (service) => this.#report((tx) => this.#back(tx, service)),
    });
  }

  onApplicationBootstrap(): void {
    this.#stopListening = this.bus.onStatus((status) => {
      if (status === 'online') this.#attendance.see();
      else this.#attendance.lookAway();
    });
    if (this.bus.status === 'online') this.#attendance.see();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopListening();
    this.#attendance.lookAway();
    this.#ending.abort();
    await this.#reporting;
  }

  @OnPresence('service:orders')
  @OnPresence('service:inventory')
  @OnPresence('service:billing')
  onPresence({ service, instances }: PresenceChange): void {
    if (instances > 0) this.#attendance.arrived(service);
    else this.#attendance.left(service);
  }

  async #missing(tx: EntityManager, service: string): Promise<void> {
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(Outage)
      .values({ service })
      .orIgnore()
      .returning('service')
      .execute();
    if ((raw as unknown[]).length === 0) return;
    this.#log.warn(`${service} is missing`);
    await this.bus.send(this.#operator, `${service} is missing.`, { tx });
  }

  async #back(tx: EntityManager, service: string): Promise<void> {
    const { affected } = await tx.delete(Outage, { service });
    if (affected !== 1) return;
    this.#log.log(`${service} is back`);
    await this.bus.send(this.#operator, `${service} is back.`, { tx });
  }

  #report(work: (tx: EntityManager) => Promise<void>): void {
    this.#reporting = this.#reporting.then(() => this.#insist(work));
  }

  /** A report is tried until it stands, or this process ends: then the next one finds the state in the table. */
  async #insist(work: (tx: EntityManager) => Promise<void>): Promise<void> {
    while (!this.#ending.signal.aborted) {
      try {
        return await runInTransaction(this.dataSource, work);
      } catch (error) {
        this.#log.warn(`A report has to wait: ${errorText(error)}`);
        await pause(1_000, { signal: this.#ending.signal });
      }
    }
  }
}
