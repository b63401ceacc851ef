import { type Channel, type EventContract, formatChannel, parseChannel, type RpcContract } from '@nestanza/contracts';
import { milliseconds, NestanzaError, uniqueId, type Duration } from '@nestanza/core';
import type { Unsubscribe } from '@nestanza/xmpp';
import { ATTRIBUTE_NAME, BODY_MEMBERS, type AttributeValue } from './attributes.js';
import { Bus, type BusStatus, type CallOptions, type Gateway, type PublishOptions, type SendOptions } from './bus.js';
import { encodeCloudEvent } from './codecs/structured.codec.js';
import type { OutboundMessage, Receipt } from './delivery.port.js';
import { Message } from './message.js';
import { deliverOutbound, directEnvelope } from './outbound.js';
import { resolvePlaceholders } from './placeholders.js';
import { inheritedAttributes } from './running-message.js';
import type { BusRuntime } from './runtime/bus-runtime.js';

/** The `Bus` over the running connection of one service. */
export class XmppBus extends Bus {
  readonly #runtime: BusRuntime;

  constructor(runtime: BusRuntime) {
    super();
    this.#runtime = runtime;
  }

  override get status(): BusStatus {
    return this.#runtime.status;
  }

  override get waiting(): readonly string[] {
    return this.#runtime.waiting;
  }

  override onStatus(listener: (status: BusStatus) => void): Unsubscribe {
    return this.#runtime.onStatus(listener);
  }

  override async publish(on: EventContract | string, body: unknown, options: PublishOptions = {}): Promise<Receipt> {
    const contract = typeof on === 'string' ? undefined : on;
    const channel = this.#channel(contract?.channel ?? (on as string), 'pubsub');
    const key = options.key ?? contract?.key?.(body as never);
    const message = Message.create(
      {
        ...inheritedAttributes(),
        ...checkedHeaders(options.headers),
        id: options.id,
        source: `xmpp:${this.#runtime.address.toString()}`,
        type: contract?.type ?? options.type ?? channel.name.replaceAll('/', '.'),
        partitionkey: key,
        expirytime: options.expires === undefined ? undefined : timeOf(options.expires),
      },
      body,
    );
    const outbound = { id: message.id, channel, key, envelope: encodeCloudEvent(message) };
    if (contract?.durable ?? options.durable ?? false) return this.#durably(outbound, options);
    await deliverOutbound(this.#runtime.transport, outbound);
    return { id: message.id, state: 'confirmed' };
  }

  override async send(to: string, body: unknown, options: SendOptions = {}): Promise<Receipt> {
    const channel = this.#channel(to, 'message');
    const id = options.id ?? uniqueId();
    const outbound = { id, channel, key: undefined, envelope: directEnvelope(body) };
    if (options.durable ?? this.#runtime.delivery !== undefined) return this.#durably(outbound, options);
    await deliverOutbound(this.#runtime.transport, outbound);
    return { id, state: 'confirmed' };
  }

  override request(on: RpcContract | string, body: unknown, options?: CallOptions): Promise<never> {
    const target = typeof on === 'string' ? resolvePlaceholders(on, this.#runtime.lookup) : on;
    return this.#runtime.caller.call(target, body, options) as Promise<never>;
  }

  override proxy<Contracts extends Readonly<Record<string, RpcContract>>>(contracts: Contracts): Gateway<Contracts> {
    const calls = Object.entries(contracts).map(([name, contract]) => [
      name,
      (body: unknown, options?: CallOptions) => this.request(contract, body, options),
    ]);
    return Object.fromEntries(calls) as Gateway<Contracts>;
  }

  /**
   * The methods that @nestjs/microservices decorates are handlers of this bus.
   * @throws StartupError once the handlers of the application have been looked for
   */
  servePatterns(): void {
    this.#runtime.servePatterns();
  }

  #channel(text: string, kind: 'pubsub' | 'message'): Channel {
    const channel = parseChannel(resolvePlaceholders(text, this.#runtime.lookup));
    if (channel.kind === kind) return channel;
    throw new NestanzaError('NST_BUS_CHANNEL', `"${formatChannel(channel)}" is no "${kind}:" channel.`, {
      facts: { channel: formatChannel(channel) },
    });
  }

  #durably(outbound: OutboundMessage, { tx }: PublishOptions | SendOptions): Promise<Receipt> {
    const { delivery } = this.#runtime;
    if (delivery !== undefined) return delivery.publish(outbound, { tx });
    const channel = formatChannel(outbound.channel);
    return Promise.reject(
      new NestanzaError(
        'NST_BUS_NO_DELIVERY',
        `"${channel}" is durable, and nothing here stores it: import DeliveryModule.forRoot(), or say { durable: false }.`,
        { facts: { channel } },
      ),
    );
  }
}

function timeOf(when: Duration | Date): string {
  return (when instanceof Date ? when : new Date(Date.now() + milliseconds(when))).toISOString();
}

function checkedHeaders(headers: PublishOptions['headers'] = {}): Readonly<Record<string, AttributeValue>> {
  const wrong = Object.keys(headers).find((name) => !ATTRIBUTE_NAME.test(name) || BODY_MEMBERS.has(name));
  if (wrong === undefined) return headers;
  throw new NestanzaError('NST_BUS_HEADER', `"${wrong}" is no header name: use lower-case letters and digits.`, {
    facts: { header: wrong },
  });
}
