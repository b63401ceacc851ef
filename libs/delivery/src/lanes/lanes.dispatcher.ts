import type { Log } from '@nestanza/core';
import type { Kernel } from '@nestanza/postgres/internal';
import { DEFAULT_INFLIGHT, type SubscribedGroup } from '../consumer-group.js';
import type { Dispatcher } from '../dispatcher.port.js';
import type { StoredRow } from '../inbox/stored-row.js';
import type { LaneBalancer } from './lane-balancer.js';
import { LanePump, type RowRunner } from './lane-pump.js';
import type { RunGate } from './run-gate.js';
import { WakeUp } from './wake-up.js';

export interface LanesDispatcherOptions {
  readonly kernel: Kernel;
  readonly balancer: LaneBalancer;
  readonly gate: RunGate;
  readonly runner: (group: SubscribedGroup) => RowRunner;
  readonly log: Log;
}

/** Runs rows by lanes: order per key, no job per message. */
export class LanesDispatcher implements Dispatcher {
  readonly promises = { orderPerKey: true, probing: true, priority: false };
  readonly #options: LanesDispatcherOptions;
  readonly #wakeUp: WakeUp;
  readonly #pumps: LanePump[] = [];

  constructor(options: LanesDispatcherOptions) {
    this.#options = options;
    this.#wakeUp = new WakeUp(options.kernel);
  }

  add(group: SubscribedGroup): void {
    const { kernel, balancer, gate, runner, log } = this.#options;
    const inflight = group.subscription.options.inflight ?? DEFAULT_INFLIGHT;
    const pump = new LanePump({ kernel, group: group.id, inflight, gate, run: runner(group), log });
    this.#pumps.push(pump);
    this.#wakeUp.add(group.id, pump);
    balancer.add(pump);
  }

  start(): Promise<void> {
    this.#wakeUp.start();
    return this.#options.balancer.start();
  }

  stored(group: number, rows: readonly StoredRow[]): void {
    const lanes = new Map(rows.map(({ lane, owner }) => [lane, owner]));
    for (const [lane, owner] of lanes) this.#wakeUp.call(owner, { group, lane });
  }

  hurry(group: number, owner: string | null): void {
    this.#wakeUp.call(owner, { group });
  }

  async drain(deadline: AbortSignal): Promise<void> {
    await Promise.all(this.#pumps.map((pump) => pump.stop(deadline)));
    this.#wakeUp.stop();
  }
}
