import { type BodyOf, type BodyType, formatChannel, parseChannel, type RpcContract } from '@nestanza/contracts';
import { type Clock, hasCode, milliseconds, NestanzaError, systemClock } from '@nestanza/core';
import { type Connection, iqSet, StanzaError } from '@nestanza/xmpp';
import { plainToInstance } from 'class-transformer';
import type { CallOptions } from '../bus.js';
import { nextCallKey } from '../call-key.js';
import type { Colleagues } from '../presence/colleagues.js';
import type { CallEncoding } from './call-encoding.js';
import { callError } from './call-error.js';
import { callTarget, type CallTarget } from './call-target.js';
import { whileThere } from './instance-loss.js';
import { SpokenEncodings } from './spoken-encoding.js';

/** How long a call on a string channel waits. */
const DEFAULT_TIMEOUT = '30s';

/** Conditions by which a server, or a stopping instance, says that the call reached no handler (RFC 6120 §8.3.3). */
const NOT_REACHED: ReadonlySet<string> = new Set([
  'service-unavailable',
  'item-not-found',
  'remote-server-not-found',
  'gone',
]);

/** Codes after which nobody knows whether the call was handled. */
const IN_DOUBT = ['NST_XMPP_TIMEOUT', 'NST_XMPP_DISCONNECTED'] as const;

/** Conditions that say the same: the instance went away under the call. */
const LOST: ReadonlySet<string> = new Set(['recipient-unavailable', 'remote-server-timeout']);

export interface CallerOptions {
  readonly connection: Connection;
  readonly colleagues: Colleagues;
  /** The first is tried first; another where an instance announces that one alone. */
  readonly encodings: readonly CallEncoding[];
  readonly clock?: Clock;
}

interface Call {
  readonly contract: Pick<RpcContract, 'params' | 'timeout' | 'idempotent' | 'errors' | 'out'> | undefined;
  readonly target: CallTarget;
  readonly key: string;
  readonly body: unknown;
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

/** Makes calls: finds an instance by presence, in priority order, and fails over where that cannot do harm. */
export class Caller {
  readonly #options: CallerOptions;
  readonly #clock: Clock;
  readonly #spoken: SpokenEncodings;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#spoken = new SpokenEncodings(options.connection, options.encodings);
    this.#clock = options.clock ?? systemClock;
  }

  async call(on: RpcContract | string, body: unknown, options: CallOptions = {}): Promise<unknown> {
    const contract = typeof on === 'string' ? undefined : on;
    const channel = parseChannel(typeof on === 'string' ? on : on.channel);
    if (channel.kind !== 'rpc') {
      throw new NestanzaError(
        'NST_BUS_CHANNEL',
        `"${formatChannel(channel)}" cannot be called: name an "rpc:" channel.`,
      );
    }
    const target = callTarget(channel, this.#options.connection.jid?.domain ?? '');
    const timeout = milliseconds(options.timeout ?? contract?.timeout ?? DEFAULT_TIMEOUT);
    const call: Call = {
      contract,
      target,
      key: options.key ?? nextCallKey(target.method),
      body,
      deadline: this.#clock.now() + timeout,
      signal: options.signal,
    };
    return resultOf(contract?.out, await this.#reach(call));
  }

  /** Instances in sight first; the account itself where none is, since our own server finds one for it. */
  async #reach(call: Call): Promise<unknown> {
    const { colleagues } = this.#options;
    const { address } = call.target;
    colleagues.watch(address);
    const known = colleagues.serving(address);
    const first = await this.#tryEach(call, known.length > 0 ? known.map(({ jid }) => jid) : [address]);
    if (first !== NOBODY) return first.value;
    const tried = new Set(known.map(({ jid }) => jid));
    const others = (await colleagues.look(address)).map(({ jid }) => jid).filter((jid) => !tried.has(jid));
    const second = await this.#tryEach(call, others);
    if (second !== NOBODY) return second.value;
    throw new NestanzaError('NST_BUS_NOBODY_SERVES', `Nobody serves "${call.target.method}" at ${address} now.`, {
      retryable: true,
      facts: { method: call.target.method, address },
    });
  }

  /** The first answer; `NOBODY` where no instance handled the call. */
  async #tryEach(call: Call, addresses: readonly string[]): Promise<{ readonly value: unknown } | typeof NOBODY> {
    for (const [index, to] of addresses.entries()) {
      try {
        return { value: await this.#ask(call, to) };
      } catch (error) {
        if (isNotReached(error)) continue;
        const mayFailOver = isInDoubt(error) && call.contract?.idempotent === true && index < addresses.length - 1;
        if (!mayFailOver || this.#clock.now() >= call.deadline) throw callError(error, call);
      }
    }
    return NOBODY;
  }

  /** Asks one instance, in the encoding that it speaks. */
  async #ask(call: Call, to: string): Promise<unknown> {
    const encoding = this.#spoken.of(to);
    try {
      return await this.#askIn(encoding, call, to);
    } catch (error) {
      if (!(error instanceof StanzaError) || !isUnknownEncoding(error)) throw error;
      const other = await this.#spoken.insteadOf(encoding, to);
      if (other === undefined) throw error;
      return this.#askIn(other, call, to);
    }
  }

  async #askIn(
    encoding: CallEncoding,
    { target, key, body, contract, deadline, signal }: Call,
    to: string,
  ): Promise<unknown> {
    const { connection, colleagues } = this.#options;
    const payload = encoding.writeCall({ method: target.method, key, body, params: contract?.params });
    const timeout = Math.max(1, deadline - this.#clock.now());
    const options = { clock: this.#clock, idempotent: contract?.idempotent === true };
    const result = await whileThere({ jid: to, colleagues }, options, (gone) =>
      connection.request(iqSet({ to }, payload), {
        timeout,
        signal: signal === undefined ? gone : AbortSignal.any([signal, gone]),
      }),
    );
    return encoding.readResult(result);
  }
}

const NOBODY = Symbol('nobody');

/** How an instance refuses what it does not know, and a server what it cannot deliver (RFC 6120 §8.3.3.19, §8.3.3.3). */
function isUnknownEncoding({ condition, appCode }: StanzaError): boolean {
  return appCode === undefined && (condition === 'service-unavailable' || condition === 'feature-not-implemented');
}

function isInDoubt(error: unknown): boolean {
  return IN_DOUBT.some((code) => hasCode(error, code)) || (error instanceof StanzaError && LOST.has(error.condition));
}

function isNotReached(error: unknown): boolean {
  return error instanceof StanzaError && error.appCode === undefined && NOT_REACHED.has(error.condition);
}

/** The value as the contract's `out` describes it. */
function resultOf<Out extends BodyType | undefined>(out: Out, value: unknown): BodyOf<Out> {
  if (out === undefined) return value as BodyOf<Out>;
  const wanted = PRIMITIVES.get(out as BodyType);
  if (wanted === undefined && typeof value === 'object' && value !== null) {
    return plainToInstance(out as new () => object, value) as BodyOf<Out>;
  }
  if (typeof value === wanted) return value as BodyOf<Out>;
  throw new NestanzaError('NST_BUS_CALL_RESULT', `The result is ${typeof value}, and the contract says ${out.name}.`);
}

const PRIMITIVES: ReadonlyMap<BodyType, string> = new Map<BodyType, string>([
  [Number, 'number'],
  [String, 'string'],
  [Boolean, 'boolean'],
]);
