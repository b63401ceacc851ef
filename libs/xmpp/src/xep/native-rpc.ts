import type { Connection, RequestOptions } from '../connection.js';
import { iqSet } from '../stanza/iq.js';
import { StanzaError } from '../stanza/stanza-error.js';
import { xml, type Element } from '../xml/element.js';
import { jsonText, NS_JSON } from './xep-0335-json.js';

/**
 * Calls in JSON: an IQ set with `<call method='…'><json/></call>`, answered by `<result><json/></result>` or a stanza
 * error.
 */
export const NS_NATIVE_RPC = 'urn:nestanza:rpc:1';

export interface NativeCall {
  readonly method: string;
  /** JSON text of the request; `undefined` for a call without one. */
  readonly json: string | undefined;
  /** Idempotency key: calls of one caller with the same key and method have their effect once. */
  readonly key?: string;
}

/** The payload of a call. */
export function nativeCall({ method, json, key }: NativeCall): Element {
  return xml('call', { xmlns: NS_NATIVE_RPC, method, key }, json !== undefined && jsonText(json));
}

/** The payload of the result; without JSON for a method that returns nothing. */
export function nativeResult(json?: string): Element {
  return xml('result', { xmlns: NS_NATIVE_RPC }, json !== undefined && jsonText(json));
}

/**
 * The call in an IQ.
 * @throws StanzaError `bad-request` when it names no method
 */
export function readNativeCall(iq: Element): NativeCall {
  const call = iq.child('call', NS_NATIVE_RPC);
  const method = call?.attr('method');
  if (call === undefined || method === undefined || method === '') {
    throw new StanzaError('bad-request', { text: 'A call needs a method.' });
  }
  return { method, json: call.childText('json', NS_JSON), key: call.attr('key') };
}

/** JSON text of the result in an IQ; `undefined` where the method returned nothing. */
export function readNativeResult(iq: Element): string | undefined {
  return iq.child('result', NS_NATIVE_RPC)?.childText('json', NS_JSON);
}

/**
 * Calls a method of `to` and resolves with the JSON text of its result.
 * @throws StanzaError when the call was refused or failed; NestanzaError `NST_XMPP_TIMEOUT`, `NST_XMPP_OFFLINE`,
 * `NST_XMPP_DISCONNECTED`
 */
export async function callNative(
  connection: Connection,
  { to, ...call }: NativeCall & { readonly to: string },
  options?: RequestOptions,
): Promise<string | undefined> {
  return readNativeResult(await connection.request(iqSet({ to }, nativeCall(call)), options));
}
