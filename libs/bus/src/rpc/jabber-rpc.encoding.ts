/** Calls by XEP-0009 (docs/cloudevents-xmpp.md §6.1). */
import {
  NS_RPC,
  readRpcCall,
  readRpcResponse,
  RPC_FAULTS,
  rpcCall,
  RpcFault,
  rpcFault,
  rpcResponse,
  type RpcValue,
  StanzaError,
} from '@nestanza/xmpp';
import { isRecord } from '../codecs/json-container.js';
import { Reject } from '../settlement.js';
import type { CallEncoding, CallFailure } from './call-encoding.js';

const FAULTS: Readonly<Record<Exclude<CallFailure['reason'], 'forbidden'>, number>> = {
  unreadable: RPC_FAULTS.invalidRequest,
  'unknown-method': RPC_FAULTS.methodNotFound,
  invalid: RPC_FAULTS.invalidParams,
  busy: RPC_FAULTS.applicationError,
  declared: RPC_FAULTS.applicationError,
  refused: RPC_FAULTS.applicationError,
  internal: RPC_FAULTS.applicationError,
};

export const jabberRpc: CallEncoding = {
  feature: NS_RPC,
  request: { name: 'query', xmlns: NS_RPC },

  readCall(iq) {
    const { method, params } = read(iq);
    return { method, key: undefined, body: (contract) => bodyOf(params.map(asJson), contract?.params) };
  },

  result: (json) => rpcResponse(JSON.parse(json) as RpcValue),

  failure({ reason, code, text }) {
    // XEP-0009 §4: who lacks permission gets a stanza error, everything else is a fault.
    if (reason === 'forbidden') throw new StanzaError('forbidden', { text, appCode: code });
    const said = FAULTS[reason] === RPC_FAULTS.applicationError ? `${code}: ${text}` : text;
    return rpcFault(new RpcFault(FAULTS[reason], said));
  },

  writeCall({ method, body, params }) {
    // What JSON leaves out or writes as text looks alike in both encodings.
    const value = (body === undefined ? undefined : JSON.parse(JSON.stringify(body))) as RpcValue | undefined;
    return rpcCall({ method, params: paramsOf(value, params) });
  },

  readResult: (iq) => asJson(readRpcResponse(iq)),
};

function read(iq: Parameters<typeof readRpcCall>[0]): ReturnType<typeof readRpcCall> {
  try {
    return readRpcCall(iq);
  } catch (error) {
    const fault = error as RpcFault;
    const code = fault.faultCode === RPC_FAULTS.invalidParams ? 'NST_BUS_INVALID' : 'NST_BUS_UNREADABLE';
    throw new Reject(code, fault.faultString, { cause: error });
  }
}

/** One struct is the whole body; anything else goes by position. */
function bodyOf(values: readonly unknown[], names: readonly string[] | undefined): unknown {
  if (values.length === 1 && isRecord(values[0])) return values[0];
  if (names === undefined) {
    if (values.length <= 1) return values[0];
    throw new Reject('NST_BUS_INVALID', 'This method takes one struct: it names no parameters by position.');
  }
  if (values.length > names.length) {
    throw new Reject(
      'NST_BUS_INVALID',
      `${values.length} parameters came, and there are ${names.length}: ${names.join(', ')}.`,
    );
  }
  return Object.fromEntries(values.map((value, index) => [names[index]!, value]));
}

function paramsOf(body: RpcValue | undefined, names: readonly string[] | undefined): readonly RpcValue[] {
  if (body === undefined) return [];
  if (names === undefined || !isRecord(body)) return [body];
  return names.map((name) => (body[name] ?? null) as RpcValue);
}

/** Both encodings give a handler the same body: times as ISO 8601 text, bytes as base64, as JSON has them. */
function asJson(value: RpcValue): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return (value as readonly RpcValue[]).map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, member === undefined ? undefined : asJson(member)]),
  );
}
