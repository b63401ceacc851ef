import type { CallOptions, PublishOptions, Receipt } from '@nestanza/bus';
import { type Answer, answerCalls, answerTo, openBus, type OpenBus } from '@nestanza/bus/internal';
import {
  type BodyClass,
  type BodyOf,
  type BodyType,
  type EventContract,
  parseChannel,
  type RpcContract,
  type RpcErrors,
} from '@nestanza/contracts';
import type { Duration } from '@nestanza/core';
import { type Connection, presence, readJson, readMessage, StanzaError } from '@nestanza/xmpp';
import { provideNode } from './foreign-nodes.js';
import type { Network } from './network.js';
import { Waiters } from './waiters.js';

/** A direct message as a peer gets it. */
export interface ReceivedMessage {
  /** Name of the account that wrote it. */
  readonly from: string;
  /** The words. */
  readonly text: string;
  /** What the JSON container holds; `undefined` where there is none. */
  readonly body: unknown;
}

/** Which message is meant: its words, a part of them, or whatever the function says. */
export type MessageMatch = string | RegExp | ((message: ReceivedMessage) => boolean);

export interface PeerOptions {
  readonly network: Network;
  readonly name: string;
}

/** Somebody else on the bus: a person, or a service that the test plays. It has a real connection of its own. */
export class Peer {
  readonly name: string;
  readonly connection: Connection;
  readonly #bus: OpenBus;
  readonly #received: ReceivedMessage[] = [];
  readonly #waiters = new Waiters();
  readonly #answers = new Map<string, Answer>();
  #answering: { stop(): Promise<void> } | undefined;
  /** How many messages `receives` has looked at. */
  #read = 0;

  private constructor(name: string, bus: OpenBus) {
    this.name = name;
    this.#bus = bus;
    this.connection = bus.transport.connection;
    this.connection.onStanza((stanza) => {
      if (stanza.name !== 'message' || stanza.childText('body') === undefined) return;
      const { from, body = '' } = readMessage(stanza);
      this.#received.push({ from: from?.local ?? name, text: body, body: readJson(stanza) });
      this.#waiters.look();
    });
    this.connection.onStatus(({ state }) => {
      if (state === 'online') this.#announce();
    });
    this.#announce();
  }

  /** Online and present. */
  static async join({ network, name }: PeerOptions): Promise<Peer> {
    return new Peer(name, await openBus({ service: name, xmpp: network.connection(name) }));
  }

  /** Bare JID. */
  get address(): string {
    return this.#bus.address.toString();
  }

  /** Every direct message so far. */
  get received(): readonly ReceivedMessage[] {
    return this.#received;
  }

  /** Writes a direct message: to a name of the own domain, or a `message:` channel. */
  send(to: string, body: unknown): Promise<Receipt> {
    return this.#bus.bus.send(to.includes(':') ? to : `message:${to}`, body, { durable: false });
  }

  /**
   * Publishes straight to the node, which is made where nobody has made it. Resolves when the service has it.
   * @throws StanzaError `forbidden` where the node's owner lets nobody else publish
   */
  async publish<B extends BodyClass | undefined>(
    contract: EventContract<B>,
    body: NoInfer<BodyOf<B>>,
    options: PublishOptions = {},
  ): Promise<Receipt> {
    const { type } = contract;
    const key = options.key ?? contract.key?.(body);
    const publish = () => this.#bus.bus.publish(contract.channel, body, { ...options, type, key });
    try {
      return await publish();
    } catch (error) {
      if (!(error instanceof StanzaError) || error.condition !== 'item-not-found') throw error;
      const channel = parseChannel(contract.channel);
      await provideNode(this.connection, this.#bus.transport.serviceOf(channel), channel.name);
      return publish();
    }
  }

  /** As `Bus.request`. */
  request<In extends BodyClass | undefined, Out extends BodyType | undefined, Errors extends RpcErrors>(
    contract: RpcContract<In, Out, Errors>,
    body: NoInfer<BodyOf<In>>,
    options?: CallOptions,
  ): Promise<BodyOf<Out>> {
    return this.#bus.bus.request(contract, body, options);
  }

  /**
   * Answers calls of the contract from now on. The peer must be the account that the contract names.
   * @example
   * await using world = await createWorld({ imports: [ShopModule] });
   * const inventory = await world.peer('inventory');
   * inventory.responds(Reserve, () => { throw Reserve.error('OUT_OF_STOCK', { sku: 'TEA-01' }); });
   */
  responds<In extends BodyClass | undefined, Out extends BodyType | undefined, Errors extends RpcErrors>(
    contract: RpcContract<In, Out, Errors>,
    handle: (body: BodyOf<In>) => BodyOf<Out> | Promise<BodyOf<Out>>,
  ): void {
    this.#answers.set(contract.channel, answerTo(contract, handle));
    // What the earlier one has begun to answer it still answers.
    void this.#answering?.stop();
    this.#answering = answerCalls(this.connection, { answers: [...this.#answers.values()] });
  }

  /**
   * The next message that matches; those before it are passed over, as they are by every later call.
   * @param options.within - how long to wait for it. Default `'5s'`
   * @throws NestanzaError `NST_TESTING_NOT_RECEIVED` listing what was received instead
   */
  receives(match: MessageMatch, { within = '5s' }: { readonly within?: Duration } = {}): Promise<ReceivedMessage> {
    const first = this.#read;
    const look = (): ReceivedMessage | undefined => {
      const index = this.#received.findIndex((message, at) => at >= this.#read && matches(message, match));
      if (index === -1) return undefined;
      this.#read = index + 1;
      return this.#received[index];
    };
    return this.#waiters.until(look, {
      within,
      code: 'NST_TESTING_NOT_RECEIVED',
      failure: () =>
        [
          `"${this.name}" did not receive ${String(match)}; it received:`,
          ...list(this.#received.slice(first).map(({ from, text }) => `${from}: ${text}`)),
        ].join('\n  '),
    });
  }

  /** Leaves. Idempotent. */
  async close(): Promise<void> {
    await this.#answering?.stop();
    await this.#bus.close();
  }

  #announce(): void {
    this.connection.send(presence({}));
  }
}

function matches(message: ReceivedMessage, match: MessageMatch): boolean {
  if (typeof match === 'string') return message.text === match;
  return match instanceof RegExp ? match.test(message.text) : match(message);
}

function list(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['nothing'] : lines;
}
