// XEP-0009: Jabber-RPC, https://xmpp.org/extensions/xep-0009.html, version 2.2.1 (2021-03-04)
import type { Connection, RequestOptions } from '../../connection.js';
import { iqSet } from '../../stanza/iq.js';
import { xml, type Element } from '../../xml/element.js';
import { RPC_FAULTS, RpcFault } from './rpc-fault.js';
import { NS_RPC, readRpcValue, rpcValue, type RpcValue } from './rpc-value.js';

export interface RpcCall {
  readonly method: string;
  readonly params: readonly RpcValue[];
}

/** The payload of a call. @throws NestanzaError `NST_XMPP_RPC_VALUE` */
export function rpcCall({ method, params }: RpcCall): Element {
  return query(
    xml(
      'methodCall',
      {},
      xml('methodName', {}, method),
      xml(
        'params',
        {},
        params.map((value) => xml('param', {}, rpcValue(value))),
      ),
    ),
  );
}

/** The payload of a result. @throws NestanzaError `NST_XMPP_RPC_VALUE` */
export function rpcResponse(value: RpcValue): Element {
  return query(xml('methodResponse', {}, xml('params', {}, xml('param', {}, rpcValue(value)))));
}

/** The payload that says a call failed: still an IQ of type `result` (§2, example 4). */
export function rpcFault({ faultCode, faultString }: RpcFault): Element {
  return query(xml('methodResponse', {}, xml('fault', {}, rpcValue({ faultCode, faultString }))));
}

function query(content: Element): Element {
  return xml('query', { xmlns: NS_RPC }, content);
}

/**
 * The call in an IQ.
 * @throws RpcFault −32600 when it is none, −32602 when a parameter is malformed: to be answered with `rpcFault`
 */
export function readRpcCall(iq: Element): RpcCall {
  const call = iq.child('query', NS_RPC)?.child('methodCall');
  const method = call?.childText('methodName')?.trim() ?? '';
  if (call === undefined || method === '') throw new RpcFault(RPC_FAULTS.invalidRequest, 'A call needs a methodName.');
  return { method, params: (call.child('params')?.elements('param', NS_RPC) ?? []).map(readParam) };
}

/**
 * The value in the result of a call.
 * @throws RpcFault when the call failed, or −32700 when the result cannot be read
 */
export function readRpcResponse(iq: Element): RpcValue {
  const response = iq.child('query', NS_RPC)?.child('methodResponse');
  const fault = response?.child('fault')?.child('value');
  if (fault !== undefined) throw readFault(fault);
  const param = response?.child('params')?.child('param');
  if (param === undefined) throw new RpcFault(RPC_FAULTS.parse, 'The result holds no value.');
  return readParam(param);
}

function readParam(param: Element): RpcValue {
  const value = param.child('value');
  if (value === undefined) throw new RpcFault(RPC_FAULTS.invalidParams, 'A parameter has no value.');
  return readRpcValue(value);
}

function readFault(value: Element): RpcFault {
  const { faultCode, faultString } = readRpcValue(value) as {
    readonly faultCode?: unknown;
    readonly faultString?: unknown;
  };
  return new RpcFault(
    typeof faultCode === 'number' ? faultCode : RPC_FAULTS.parse,
    typeof faultString === 'string' ? faultString : 'The fault does not say why.',
  );
}

/**
 * Calls a method of `to` and resolves with its result.
 * @throws RpcFault when the call failed there; StanzaError (`forbidden`, `service-unavailable`, …) when it was not made;
 * NestanzaError `NST_XMPP_RPC_VALUE`, `NST_XMPP_TIMEOUT`, `NST_XMPP_OFFLINE`, `NST_XMPP_DISCONNECTED`
 */
export async function callRpc(
  connection: Connection,
  { to, ...call }: RpcCall & { readonly to: string },
  options?: RequestOptions,
): Promise<RpcValue> {
  return readRpcResponse(await connection.request(iqSet({ to }, rpcCall(call)), options));
}
