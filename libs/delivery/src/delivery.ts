import type { Receipt, TransactionHandle } from '@nestanza/bus';
import {
  deliverOutbound,
  type DurableDelivery,
  type DurablePublishOptions,
  type DurableSubscription,
  type OnceKey,
  type OutboundMessage,
  type Transport,
} from '@nestanza/bus/internal';
import { formatChannel } from '@nestanza/contracts';
import { milliseconds, type Log } from '@nestanza/core';
import { byDeadline } from './by-deadline.js';
import type { QueueBackend } from './bullmq/backend.js';
import { ServiceJobs } from './bullmq/service-jobs.js';
import { jobPolicy } from './bullmq/dispatch-options.js';
import { JobDispatcher } from './bullmq/job-dispatcher.js';
import { JOB_ROWS } from './bullmq/job-row-statements.js';
import { DEFAULT_INFLIGHT, type SubscribedGroup } from './consumer-group.js';
import { DeadLetters } from './dead-letter/dead-letters.js';
import type { DeadLetterHook } from './dead-letter/on-dead-letter.decorator.js';
import { replayLetter, type Replayed } from './dead-letter/replay.js';
import type { Dispatcher } from './dispatcher.port.js';
import { LANE_ROWS, type RowStatements } from './handling/row-statements.js';
import type { WaitingMessage } from './handling/waiting-message.js';
import { MessageRunner } from './handling/message-runner.js';
import { StrayWrites } from './handling/stray-writes.js';
import { CatchUp } from './inbox/catch-up.js';
import { Ingest } from './inbox/ingest.js';
import { LaneBalancer } from './lanes/lane-balancer.js';
import { LanesDispatcher } from './lanes/lanes.dispatcher.js';
import { RunGate } from './lanes/run-gate.js';
import { retryPolicy } from './retry.js';
import { ENSURE_GROUP } from './lanes/ownership-statements.js';
import { once } from './once.js';
import { CommitWatch } from './outbox/commit-watch.js';
import { OutboxFeed } from './outbox/outbox-feed.js';
import { Outbox } from './outbox/outbox.js';
import { Relay } from './outbox/relay.js';
import { Retention } from './retention.js';
import type { Storage } from './storage.js';
import { DeliveryEvents } from './delivery-events.js';
import { DELIVERY_DEFAULTS, type DeliveryModuleOptions } from './delivery-options.js';

export interface DeliveryParts {
  readonly service: string;
  readonly storage: Storage;
  readonly queue: QueueBackend;
  readonly hooks: (channel: string) => readonly DeadLetterHook[];
  readonly options: Pick<DeliveryModuleOptions, 'bullmq' | 'dispatch' | 'drainTimeout' | 'strayWrites'>;
  readonly log: Log;
}

/** The reliability of one service's bus; this file is the one place where its parts are put together. */
export class Delivery implements DurableDelivery {
  /** What happens to dead letters in this process. */
  readonly events: DeliveryEvents;
  readonly #parts: DeliveryParts;
  readonly #subscriptions: DurableSubscription[] = [];
  #groups: readonly SubscribedGroup[] = [];
  readonly #outbox: Outbox;
  #outgoing: Promise<number> | undefined;
  #feed: OutboxFeed | undefined;
  #onReplayed: ((replayed: Replayed) => void) | undefined;
  #stop: ((deadline: AbortSignal) => Promise<void>) | undefined;
  #stopped: Promise<void> | undefined;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    const { storage, options, log } = parts;
    this.events = new DeliveryEvents(log);
    const commits = new CommitWatch();
    const stray = new StrayWrites({ mode: options.strayWrites ?? DELIVERY_DEFAULTS.strayWrites, log });
    storage.dataSource.subscribers.push(commits, stray);
    this.#outbox = new Outbox({
      kernel: storage.kernel,
      commits,
      group: () => this.#outgoingGroup(),
      onStored: (lane) => this.#feed?.stored(lane),
    });
  }

  /** Ids of the groups this service consumes, once it has started. */
  get groups(): readonly number[] {
    return this.#groups.map(({ id }) => id);
  }

  register(subscription: DurableSubscription): void {
    this.#subscriptions.push(subscription);
  }

  publish(message: OutboundMessage, options?: DurablePublishOptions): Promise<Receipt> {
    return this.#outbox.publish(message, options);
  }

  once(key: OnceKey, handle: (tx: TransactionHandle) => Promise<string>): Promise<string> {
    return once(this.#parts.storage, key, handle);
  }

  /** Replays a dead letter of this service: once, however often it is asked. `false`: it was gone already. */
  async replay(letter: string): Promise<boolean> {
    const replayed = await replayLetter(this.#parts.storage.kernel, letter);
    if (replayed !== undefined) this.replayed(replayed, letter);
    return replayed !== undefined;
  }

  /** A dead letter of this service has become a row again: whoever handles it is told. */
  replayed(replayed: Replayed, letter: string): void {
    this.#onReplayed?.(replayed);
    this.events.emit({ kind: 'replayed', letter });
  }

  async start(transport: Transport): Promise<void> {
    const { service, storage, queue, hooks, options, log } = this.#parts;
    const { bullmq = {} } = options;
    const { kernel, dataSource } = storage;
    const groups = await Promise.all(this.#subscriptions.map((subscription) => this.#group(subscription)));
    const outgoing = await this.#outgoingGroup();
    this.#groups = groups;

    const relay = new Relay({
      kernel,
      group: outgoing,
      service,
      send: (message) => deliverOutbound(transport, message),
      online: () => transport.connection.status.state === 'online',
      onRefused: (letter) => {
        jobs.look();
        this.events.emit({ kind: 'buried', letter });
      },
      log,
    });
    // Who sends the first outgoing lane of a service does the service's other single duties, too.
    const appointed = () => relay.holds(0);
    const jobs = new ServiceJobs({
      kernel,
      backend: queue,
      service,
      groups,
      appointed,
      dispatch: { options: bullmq, groups: () => queued.groups, concurrency: largestInflight(groups) },
      log,
    });
    const deadLetters = new DeadLetters({
      kernel,
      dataSource,
      service,
      statement: (group) => rowsOf(group).bury,
      hooks,
      onBuried: (letter) => {
        jobs.dead(letter);
        this.events.emit({ kind: 'buried', letter: letter.id });
      },
      log,
    });
    const balancer = new LaneBalancer({ kernel, log });
    const gate = new RunGate();
    const handling = { kernel, dataSource, deadLetters, log };
    const lanes = new LanesDispatcher({
      kernel,
      balancer,
      gate,
      log,
      runner: (group) => {
        const onWaiting = (message: WaitingMessage) => jobs.waiting(message);
        const runner = new MessageRunner({ ...handling, group, rows: LANE_ROWS, onWaiting });
        return (started, signal) => runner.run(started, signal);
      },
    });
    const queued = new JobDispatcher({
      kernel,
      gate,
      projector: jobs.projector,
      options: bullmq,
      log,
      runner: (group) => {
        const policy = jobPolicy(bullmq, retryPolicy(group.subscription.options.retry));
        // Its job waits with it.
        const onWaiting = () => undefined;
        const runner = new MessageRunner({ ...handling, group, rows: JOB_ROWS, policy, onWaiting });
        return (started, signal) => runner.run(started, signal);
      },
    });
    for (const group of groups) (this.#byJobs(group) ? queued : lanes).add(group);
    const dispatcherOf = (group: number): Dispatcher => (queued.groups.includes(group) ? queued : lanes);
    const rowsOf = (group: number): RowStatements => (queued.groups.includes(group) ? JOB_ROWS : LANE_ROWS);
    balancer.add(relay);
    const feed = new OutboxFeed({ kernel, relay });
    const catchUps = groups.map(({ id, subscription }) => {
      const ingest = new Ingest({ kernel, group: id, onStored: (rows) => dispatcherOf(id).stored(id, rows) });
      return new CatchUp({ transport, subscription, ingest, log });
    });
    const retention = new Retention({ kernel, appointed, log });

    this.#feed = feed;
    this.#onReplayed = (row) => {
      if (row.source === 'outbox') feed.stored(row.lane);
      else dispatcherOf(row.group).stored(row.group, [row]);
    };
    const unsubscribe = transport.connection.onStatus(({ state }) => {
      if (state === 'online') relay.wake();
    });
    feed.start();
    await Promise.all([lanes.start(), queued.start()]);
    jobs.start({
      replay: (letter) => this.replay(letter),
      onHurried: (group, owner) => lanes.hurry(group, owner),
      perform: (job, token) => queued.perform(job, token),
    });
    retention.start();
    for (const catchUp of catchUps) catchUp.start();

    // Inputs first, then what they feed; what was handled is still sent; the lanes go last, when nothing uses them.
    this.#stop = async (deadline) => {
      const inputs = [...catchUps.map((catchUp) => catchUp.stop()), retention.stop()];
      await byDeadline(Promise.all(inputs), deadline);
      const worker = byDeadline(jobs.stop(), deadline);
      await Promise.all([worker, lanes.drain(deadline), queued.drain(deadline)]);
      unsubscribe();
      await relay.stop(deadline);
      feed.stop();
      await balancer.stop();
    };
  }

  stop(): Promise<void> {
    const { drainTimeout = DELIVERY_DEFAULTS.drainTimeout } = this.#parts.options;
    return (this.#stopped ??= this.#stop?.(AbortSignal.timeout(milliseconds(drainTimeout))) ?? Promise.resolve());
  }

  /** Whether BullMQ dispatches the group's messages. */
  #byJobs({ subscription }: SubscribedGroup): boolean {
    const { dispatch = DELIVERY_DEFAULTS.dispatch } = this.#parts.options;
    return (subscription.options.dispatch ?? dispatch) === 'bullmq';
  }

  async #group(subscription: DurableSubscription): Promise<SubscribedGroup> {
    const channel = formatChannel(subscription.channel);
    return { id: await this.#ensureGroup(channel, subscription.group), channel, subscription };
  }

  #outgoingGroup(): Promise<number> {
    this.#outgoing ??= this.#ensureGroup('outbox', this.#parts.service).catch((error: unknown) => {
      this.#outgoing = undefined;
      throw error;
    });
    return this.#outgoing;
  }

  async #ensureGroup(channel: string, name: string): Promise<number> {
    const [group] = (await this.#parts.storage.kernel.query(ENSURE_GROUP, [channel, name])) as [
      { readonly id: number },
    ];
    return group.id;
  }
}

const largestInflight = (groups: readonly SubscribedGroup[]): number =>
  Math.max(1, ...groups.map(({ subscription }) => subscription.options.inflight ?? DEFAULT_INFLIGHT));
