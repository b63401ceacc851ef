import { ContractError, type RpcContract } from '@nestanza/contracts';
import { NestanzaError } from '@nestanza/core';
import { type Element, RPC_FAULTS, RpcFault, StanzaError } from '@nestanza/xmpp';
import { plainToInstance } from 'class-transformer';
import { isJsonContainer, parseJson } from '../codecs/json-container.js';
import type { CallTarget } from './call-target.js';

/** A refusal, whichever encoding it came by. */
interface Refusal {
  /** Stable code where one was sent, else the stanza error's condition. */
  readonly code: string;
  readonly text: string;
  /** The fault is the responder's. */
  readonly internal: boolean;
  readonly retryable: boolean;
  readonly data: unknown;
}

/**
 * What a failed call throws: the contract's declared error, `NST_BUS_CALL_FAILED` where the responder is at fault,
 * `NST_BUS_CALL_REFUSED` otherwise; errors of the stream stay what they are.
 */
export function callError(
  error: unknown,
  { contract, target }: { readonly contract: Pick<RpcContract, 'errors'> | undefined; readonly target: CallTarget },
): unknown {
  const refusal = refusalOf(error);
  if (refusal === undefined) return error;
  const { code, text, internal, retryable, data } = refusal;
  if (contract !== undefined && Object.hasOwn(contract.errors, code)) {
    const type = contract.errors[code]!;
    return new ContractError(code, typeof data === 'object' && data !== null ? plainToInstance(type, data) : data);
  }
  const facts = { method: target.method, address: target.address, refusal: code };
  return internal
    ? new NestanzaError('NST_BUS_CALL_FAILED', `"${target.method}" failed at the responder.`, {
        retryable: true,
        facts,
        cause: error,
      })
    : new NestanzaError('NST_BUS_CALL_REFUSED', `"${target.method}" was refused: ${text}`, {
        retryable,
        facts,
        cause: error,
      });
}

/** The responder failed, or went away under the call. */
const AT_THE_RESPONDER: ReadonlySet<string> = new Set([
  'internal-server-error',
  'recipient-unavailable',
  'remote-server-timeout',
]);

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof RpcFault) return faultRefusal(error);
  if (!(error instanceof StanzaError)) return undefined;
  return {
    code: error.appCode ?? error.condition,
    text: error.text ?? error.condition,
    internal: AT_THE_RESPONDER.has(error.condition),
    retryable: error.retryable,
    data: dataOf(error.details),
  };
}

/** An application's fault begins with its code where our responder wrote it (docs/cloudevents-xmpp.md §6.1). */
function faultRefusal({ faultCode, faultString }: RpcFault): Refusal {
  const [, code = String(faultCode), text = faultString] = /^([A-Z][A-Z0-9_]*): ([^]*)$/.exec(faultString) ?? [];
  const internal =
    faultCode === RPC_FAULTS.applicationError && (code === 'NST_BUS_CALL_FAILED' || code === String(faultCode));
  return { code, text, internal, retryable: code === 'NST_BUS_BUSY', data: undefined };
}

function dataOf(details: readonly Element[]): unknown {
  const container = details.find(isJsonContainer);
  return container === undefined ? undefined : parseJson(container.text);
}
