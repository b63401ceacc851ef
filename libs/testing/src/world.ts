import { Bus, type CallOptions, type PublishOptions, type Receipt } from '@nestanza/bus';
import {
  type BodyClass,
  type BodyOf,
  type BodyType,
  type EventContract,
  parseChannel,
  type RpcContract,
  type RpcErrors,
} from '@nestanza/contracts';
import { type Duration, NestanzaError, silentLog, type Log, uniqueId } from '@nestanza/core';
import { type DeadLetter, DeliveryInspector, SERVICE_QUEUE, type ServiceQueue } from '@nestanza/delivery';
import { type DatabaseSession, openSession, type TemporaryDatabase } from '@nestanza/postgres/internal';
import { StanzaError } from '@nestanza/xmpp';
import type { Abstract, Type } from '@nestjs/common';
import { Activity } from './activity.js';
import { Closers } from './closers.js';
import { differences } from './differences.js';
import { type Strike, strikeAt, type StrikeOptions } from './fault-strike.js';
import { Network } from './network.js';
import { Peer } from './peer.js';
import { untilQuiet } from './quiet.js';
import { type Publication, Recorder } from './recorder.js';
import { retryingMessages, type RetryingMessage, retryNow } from './retries.js';
import { type Service, type ServiceOptions, startService } from './service.js';
import { Waiters } from './waiters.js';
import { worldDatabase } from './world-database.js';

/** Account under which a world itself publishes and asks, and owns what nobody else does. */
const OUTSIDE = 'outside';

/** Defaults of all waits. */
const PATIENCE = { quiet: '10s', published: '5s', retry: '10s' } as const;

export interface WorldOptions extends ServiceOptions {
  /** Where the world's server and connections say what they do. Default: nowhere. */
  readonly log?: Log;
}

/** Where a body, or what a function says of it, is looked for. */
export type BodyMatch<Body> = (body: Body) => boolean;

interface Parts {
  readonly network: Network;
  readonly recorder: Recorder;
  readonly database: TemporaryDatabase;
  readonly session: DatabaseSession;
  readonly closers: Closers;
  readonly outside: Peer;
}

/** An application with everything around it that it needs: an XMPP server, a database, and whoever else is on the bus. */
export class World implements AsyncDisposable {
  readonly #parts: Parts;
  readonly #activity = new Activity();
  readonly #services: Service[] = [];
  readonly #peers = new Map<string, Promise<Peer>>();
  readonly #joined: Peer[] = [];
  readonly #waiters = new Waiters();

  private constructor(parts: Parts) {
    this.#parts = parts;
    parts.recorder.onPublication(() => this.#waiters.look());
    this.#peers.set(OUTSIDE, Promise.resolve(parts.outside));
    this.#joined.push(parts.outside);
  }

  /** See `createWorld`. */
  static async create({ log = silentLog, ...options }: WorldOptions): Promise<World> {
    const closers = new Closers();
    try {
      const recorder = new Recorder();
      const network = await Network.open({ domain: `${uniqueId()}.test`, recorder, log });
      closers.add(() => network.close());
      const [database, outside] = await closers.both(worldDatabase(), Peer.join({ network, name: OUTSIDE }));
      const session = await openSession(database.url);
      closers.add(() => session.close());
      const world = new World({ network, recorder, database, session, closers, outside });
      await world.start(options);
      return world;
    } catch (error) {
      await closers.close();
      throw error;
    }
  }

  /** The domain that the world's accounts live in; no other world has it. */
  get domain(): string {
    return this.#parts.network.domain;
  }

  /** Address of the world's database, for looking at it with other means. */
  get databaseUrl(): string {
    return this.#parts.database.url;
  }

  /** Starts another application in this world: a service beside the first one. It ends with the world. */
  async start(options: ServiceOptions): Promise<void> {
    const { network, database, closers, outside } = this.#parts;
    const service = await startService(options, {
      network,
      activity: this.#activity,
      database: database.url,
      foreigner: outside.connection,
    });
    closers.add(() => service.module.close());
    this.#services.push(service);
  }

  /**
   * The instance of a provider, of the first application that has it.
   * @throws NestanzaError `NST_TESTING_PROVIDER` when none has
   */
  get<T>(token: Type<T> | Abstract<T> | string | symbol): T {
    for (const { module } of this.#services) {
      try {
        return module.get<T>(token, { strict: false });
      } catch {
        // Nest's way to say that this application has none.
      }
    }
    const name = typeof token === 'function' ? token.name : String(token);
    throw new NestanzaError('NST_TESTING_PROVIDER', `No application of this world provides ${name}.`);
  }

  /** Somebody else on the bus, online under this account name; the same one at every call. */
  peer(name: string): Promise<Peer> {
    let peer = this.#peers.get(name);
    if (peer === undefined) {
      peer = this.#join(name);
      this.#peers.set(name, peer);
    }
    return peer;
  }

  /**
   * An event arrives from outside. Resolves when the PubSub service has it. A node that only its owner may publish to
   * gets it from its owner, through the outbox where the event is durable.
   */
  async publish<B extends BodyClass | undefined>(
    contract: EventContract<B>,
    body: NoInfer<BodyOf<B>>,
    options?: PublishOptions,
  ): Promise<Receipt> {
    try {
      return await this.#parts.outside.publish(contract, body, options);
    } catch (error) {
      const owner = this.#parts.network.ownerOf(parseChannel(contract.channel).name);
      const service = this.#services.find(({ connections }) => owner !== undefined && connections.has(owner));
      const refused = error instanceof StanzaError && error.condition === 'forbidden';
      if (service === undefined || !refused) throw error;
      return service.module.get(Bus, { strict: false }).publish(contract, body, options);
    }
  }

  /** A call from outside. @throws as `Bus.request` does */
  request<In extends BodyClass | undefined, Out extends BodyType | undefined, Errors extends RpcErrors>(
    contract: RpcContract<In, Out, Errors>,
    body: NoInfer<BodyOf<In>>,
    options?: CallOptions,
  ): Promise<BodyOf<Out>> {
    return this.#parts.outside.request(contract, body, options);
  }

  /** A direct message from outside, to an account's name or a `message:` channel. */
  send(to: string, body: unknown): Promise<Receipt> {
    return this.#parts.outside.send(to, body);
  }

  /** Bodies of all events of this contract that were published so far, from wherever, in order. */
  published<B extends BodyClass | undefined>(contract: EventContract<B>): readonly BodyOf<B>[] {
    return this.publications(contract).map(({ body }) => body as BodyOf<B>);
  }

  /** Everything that was published so far, in order. @param contract - only events of this one */
  publications(contract?: EventContract): readonly Publication[] {
    return this.#parts.recorder.of(contract?.channel);
  }

  /**
   * Exactly these bodies were published, in this order.
   * @throws NestanzaError `NST_TESTING_PUBLISHED` telling each difference, and what was published
   */
  expectPublished<B extends BodyClass | undefined>(contract: EventContract<B>, bodies: readonly BodyOf<B>[]): void {
    const lines = differences(bodies, this.published(contract));
    if (lines.length === 0) return;
    throw new NestanzaError(
      'NST_TESTING_PUBLISHED',
      [`What was published on ${contract.channel} is not what was expected:`, ...lines, ...this.#journal()].join(
        '\n  ',
      ),
    );
  }

  /**
   * The first event of this contract that matches, published before or from now on.
   * @param options.within - how long to wait for it. Default `'5s'`
   * @throws NestanzaError `NST_TESTING_NOT_PUBLISHED` telling what was published
   */
  untilPublished<B extends BodyClass | undefined>(
    contract: EventContract<B>,
    match: BodyMatch<BodyOf<B>> = () => true,
    { within = PATIENCE.published }: { readonly within?: Duration } = {},
  ): Promise<BodyOf<B>> {
    return this.#waiters.until(() => this.published(contract).find(match), {
      within,
      code: 'NST_TESTING_NOT_PUBLISHED',
      failure: () => [`No such event was published on ${contract.channel}.`, ...this.#journal()].join('\n  '),
    });
  }

  /**
   * Resolves when nothing happens by itself any more: no message is on its way, in an outbox or in an inbox, no handler
   * or step runs. What waits for more than a second, for its next attempt or a timer, does not count.
   * @param options.timeout - default `'10s'`
   * @throws NestanzaError `NST_TESTING_NOT_QUIET` naming everything still under way
   */
  quiet({ timeout = PATIENCE.quiet }: { readonly timeout?: Duration } = {}): Promise<void> {
    const { recorder, session } = this.#parts;
    return untilQuiet(
      {
        recorder,
        session,
        activity: this.#activity,
        connections: () => this.#services.flatMap(({ connections }) => [...connections]),
        peers: () => this.#joined,
        durable: () => this.#services.some(({ durable }) => durable),
      },
      timeout,
    );
  }

  /** Messages that were given up, the newest first. */
  async deadLetters(): Promise<readonly DeadLetter[]> {
    const inspectors = this.#durable.map(({ module }) => module.get(DeliveryInspector, { strict: false }));
    return (await Promise.all(inspectors.map((inspector) => inspector.deadLetters()))).flat();
  }

  /** Messages that wait for their next attempt. */
  async retrying(): Promise<readonly RetryingMessage[]> {
    return this.#durable.length === 0 ? [] : retryingMessages(this.#parts.session);
  }

  /** Whatever waits for its next attempt has it now. */
  retryNow(): Promise<void> {
    const queues = this.#durable.map(({ module }) => module.get<ServiceQueue>(SERVICE_QUEUE, { strict: false }));
    return retryNow(this.#parts.session, { queues, within: PATIENCE.retry });
  }

  /** The next runs of a handler fail with `error`. @param handler - `Shop.onPlaced` @param options.times - default 1 */
  failHandler(handler: string, error: Error, { times = 1 }: { readonly times?: number } = {}): void {
    this.#activity.provoke({ place: handler, error, times });
  }

  /**
   * A fault strikes when work comes by this point of the libraries. Fault points belong to the process: worlds that live
   * at the same time share them.
   * @throws NestanzaError `NST_TESTING_FAULT_POINT` for a point that there is not
   */
  strikeAt(point: string, options?: StrikeOptions): Strike {
    const strike = strikeAt(point, options);
    this.#parts.closers.add(() => strike.cancel());
    return strike;
  }

  /** The streams of an account are lost without a word; it connects again by itself. */
  cut(account: string): void {
    this.#parts.network.cut(account);
  }

  /** An account has no stream until the returned function is called. */
  takeDown(account: string): () => void {
    this.#parts.network.down(account);
    return () => this.#parts.network.up(account);
  }

  /** Ends everything: applications, peers, server, database. Idempotent. */
  close(): Promise<void> {
    return this.#parts.closers.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #durable(): readonly Service[] {
    return this.#services.filter(({ durable }) => durable);
  }

  async #join(name: string): Promise<Peer> {
    const { network, closers } = this.#parts;
    const peer = await Peer.join({ network, name });
    closers.add(() => peer.close());
    this.#joined.push(peer);
    return peer;
  }

  /** What was published, a line for each. */
  #journal(): readonly string[] {
    const lines = this.publications().map(({ channel, by, body, unreadable }) =>
      unreadable === undefined ? `${by} → ${channel} ${JSON.stringify(body)}` : `${by} → ${channel}: ${unreadable}`,
    );
    return lines.length === 0 ? ['Nothing was published.'] : ['Published, in order:', ...lines.slice(-50)];
  }
}

/**
 * The application of these modules, running as it would run anywhere: with a real XMPP server in this process, under a
 * domain of its own, and a real database of its own. It needs no change for that: its BusModule, DeliveryModule and
 * dataSourceOptions() find what the world has set up. Nodes of services that are not there exist, and are open.
 * @throws whatever the start of the application throws
 * @example
 * await using world = await createWorld({ imports: [ShopModule] });
 * await world.publish(OrderPlaced, { orderId: 'o1' });
 * await world.quiet();
 * world.expectPublished(Invoiced, [{ orderId: 'o1' }]);
 */
export function createWorld(options: WorldOptions): Promise<World> {
  return World.create(options);
}
