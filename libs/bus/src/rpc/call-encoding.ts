import type { RpcContract } from '@nestanza/contracts';
import type { Element } from '@nestanza/xmpp';

/** A call as it came, before its method is known to be served. */
export interface ReceivedCall {
  readonly method: string;
  /** Idempotency key, where the encoding has one. */
  readonly key: string | undefined;
  /**
   * The body, by the contract's `params` where values came by position.
   * @throws Reject `NST_BUS_INVALID`, `NST_BUS_UNREADABLE` when there is none
   */
  body(contract: Pick<RpcContract, 'params'> | undefined): unknown;
}

/** A call to be made. */
export interface OutgoingCall {
  readonly method: string;
  readonly key: string;
  readonly body: unknown;
  /** Names of the body's members by position, where the contract has them. */
  readonly params: readonly string[] | undefined;
}

/** Why a call has no result. */
export interface CallFailure {
  readonly reason:
    'unreadable' | 'unknown-method' | 'invalid' | 'forbidden' | 'busy' | 'declared' | 'refused' | 'internal';
  /** Stable code. */
  readonly code: string;
  /** Goes to the caller; never the text of an unexpected exception. */
  readonly text: string;
  /** What goes with a declared error. */
  readonly data?: unknown;
}

/** One way to write calls and answers into IQ stanzas. */
export interface CallEncoding {
  /** Namespace that an endpoint announces (XEP-0030). */
  readonly feature: string;
  /** The payload that a call has. */
  readonly request: { readonly name: string; readonly xmlns: string };

  /** @throws Reject `NST_BUS_UNREADABLE` */
  readCall(iq: Element): ReceivedCall;
  /** @param json - the result as JSON text */
  result(json: string): Element;
  /** The answer in the result's place. @throws StanzaError where the encoding refuses by stanza */
  failure(failure: CallFailure): Element;

  writeCall(call: OutgoingCall): Element;
  /** The value in a result. @throws RpcFault where the result is a fault */
  readResult(iq: Element): unknown;
}
