import { NestanzaError, toError } from '@nestanza/core';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { Bus } from '../bus.js';
import { patternChannel } from './pattern-channel.js';

export interface XmppClientProxyOptions {
  readonly bus: Bus;
  /** Whether `emit` goes through the outbox, which needs `DeliveryModule`. Default `true`. */
  readonly durable?: boolean;
}

/**
 * Nest's `ClientProxy` over a bus: `send` calls (`rpc:` may be left out), `emit` publishes (`pubsub:` may).
 * @example
 * const provider = { provide: 'BUS', inject: [Bus], useFactory: (bus: Bus) => new XmppClientProxy({ bus }) };
 */
export class XmppClientProxy extends ClientProxy {
  readonly #bus: Bus;
  readonly #durable: boolean;

  constructor({ bus, durable = true }: XmppClientProxyOptions) {
    super();
    this.#bus = bus;
    this.#durable = durable;
  }

  /** The bus connects with its application. */
  override connect(): Promise<void> {
    return Promise.resolve();
  }

  override close(): void {}

  override unwrap<T>(): T {
    return this.#bus as T;
  }

  /** The call's result is the one value; unsubscribing gives the call up. */
  protected override publish({ pattern, data }: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const givenUp = new AbortController();
    this.#call(pattern, data, givenUp.signal).then(
      (response) => callback({ response, isDisposed: true }),
      (error: unknown) => givenUp.signal.aborted || callback({ err: toError(error), isDisposed: true }),
    );
    return () => givenUp.abort();
  }

  protected override async dispatchEvent<T>({ pattern, data }: ReadPacket): Promise<T> {
    return (await this.#bus.publish(channelOf(pattern, 'pubsub'), data, { durable: this.#durable })) as T;
  }

  async #call(pattern: unknown, data: unknown, signal: AbortSignal): Promise<unknown> {
    return this.#bus.request(channelOf(pattern, 'rpc'), data, { signal });
  }
}

function channelOf(pattern: unknown, kind: 'pubsub' | 'rpc'): string {
  const channel = patternChannel(pattern, kind);
  if (channel !== undefined) return channel;
  throw new NestanzaError(
    'NST_BUS_CHANNEL',
    `The pattern ${JSON.stringify(pattern)} is no text, and names no channel.`,
  );
}
