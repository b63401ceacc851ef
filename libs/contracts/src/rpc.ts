import { hasCode, type Duration } from '@nestanza/core';
import type { BodyClass, BodyOf, BodyType } from './body.js';
import { channelAt, parseChannel } from './channel.js';
import { ContractError } from './contract-error.js';

/** Declared errors of an RPC: stable code → class of the data that goes with it. */
export type RpcErrors = Readonly<Record<string, BodyClass>>;

export interface RpcOptions<
  In extends BodyClass | undefined,
  Out extends BodyType | undefined,
  Errors extends RpcErrors,
> {
  readonly in?: In;
  readonly out?: Out;
  readonly errors?: Errors;
  /** Names of the request's fields in the order in which positional callers (XEP-0009) pass them. */
  readonly params?: readonly (keyof BodyOf<In> & string)[];
  /** How long a caller waits. Default `'30s'`. */
  readonly timeout?: Duration;
  /** The same request may be handled twice with the effect of once: allows fail-over in flight. Default `false`. */
  readonly idempotent?: boolean;
}

/** What caller and responder of a method agree on. */
export interface RpcContract<
  In extends BodyClass | undefined = BodyClass | undefined,
  Out extends BodyType | undefined = BodyType | undefined,
  Errors extends RpcErrors = RpcErrors,
> {
  readonly kind: 'rpc';
  /** Channel text: `rpc:inventory.reserve`. */
  readonly channel: string;
  readonly in: In;
  readonly out: Out;
  readonly errors: Errors;
  readonly params: readonly string[] | undefined;
  readonly timeout: Duration;
  readonly idempotent: boolean;
  /** The same method at another account or component: `Reserve.at('inventory@partner.example')`. */
  at(service: string): RpcContract<In, Out, Errors>;
  /** A declared error, to be thrown by the responder. */
  error<Code extends keyof Errors & string>(
    code: Code,
    data: BodyOf<Errors[Code]>,
  ): ContractError<Code, BodyOf<Errors[Code]>>;
  /** True when a call failed with this declared error; then `data` is typed. */
  isError<Code extends keyof Errors & string>(
    thrown: unknown,
    code: Code,
  ): thrown is ContractError<Code, BodyOf<Errors[Code]>>;
}

/**
 * A request and reply contract over IQ stanzas. A local `rpc:inventory.reserve` lives at the account `inventory`.
 * @throws NestanzaError `NST_CONTRACT_CHANNEL` when the channel is malformed
 * @example
 * export const Reserve = rpc('rpc:inventory.reserve', { in: ReserveDto, out: ReservedDto, errors: { OUT_OF_STOCK: OutOfStock } });
 */
export function rpc<
  In extends BodyClass | undefined = undefined,
  Out extends BodyType | undefined = undefined,
  Errors extends RpcErrors = Record<never, never>,
>(channel: string, options: RpcOptions<In, Out, Errors> = {}): RpcContract<In, Out, Errors> {
  parseChannel(channel);
  return Object.freeze({
    kind: 'rpc' as const,
    channel,
    in: options.in as In,
    out: options.out as Out,
    errors: options.errors ?? ({} as Errors),
    params: options.params,
    timeout: options.timeout ?? '30s',
    idempotent: options.idempotent ?? false,
    at: (service: string) => rpc(channelAt(channel, service), options),
    error: <Code extends keyof Errors & string>(code: Code, data: BodyOf<Errors[Code]>) =>
      new ContractError(code, data),
    isError: <Code extends keyof Errors & string>(
      thrown: unknown,
      code: Code,
    ): thrown is ContractError<Code, BodyOf<Errors[Code]>> => hasCode(thrown, code),
  });
}
