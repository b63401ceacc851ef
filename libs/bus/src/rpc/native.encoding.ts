/** Native calls (docs/cloudevents-xmpp.md §6.2). */
import {
  jsonElement,
  nativeCall,
  nativeResult,
  NS_NATIVE_RPC,
  readNativeCall,
  readNativeResult,
  StanzaError,
  type StanzaErrorCondition,
} from '@nestanza/xmpp';
import { parseJson } from '../codecs/json-container.js';
import { Reject } from '../settlement.js';
import type { CallEncoding, CallFailure } from './call-encoding.js';

/** RFC 6120 §8.3 conditions of the failures. */
const CONDITIONS: Readonly<Record<CallFailure['reason'], StanzaErrorCondition>> = {
  unreadable: 'bad-request',
  'unknown-method': 'item-not-found',
  invalid: 'bad-request',
  forbidden: 'forbidden',
  busy: 'resource-constraint',
  declared: 'undefined-condition',
  refused: 'not-acceptable',
  internal: 'internal-server-error',
};

export const native: CallEncoding = {
  feature: NS_NATIVE_RPC,
  request: { name: 'call', xmlns: NS_NATIVE_RPC },

  readCall(iq) {
    const { method, json, key } = read(() => readNativeCall(iq));
    return {
      method,
      key,
      body: () => (json === undefined ? undefined : parseJson(json)),
    };
  },

  result: (json) => nativeResult(json),

  failure({ reason, code, text, data }) {
    throw new StanzaError(CONDITIONS[reason], {
      text,
      appCode: code,
      details: data === undefined ? [] : [jsonElement(data)],
    });
  },

  writeCall: ({ method, key, body }) =>
    nativeCall({ method, key, json: body === undefined ? undefined : JSON.stringify(body) }),

  readResult(iq) {
    const json = readNativeResult(iq);
    return json === undefined ? undefined : parseJson(json);
  },
};

function read<T>(reader: () => T): T {
  try {
    return reader();
  } catch (error) {
    throw new Reject('NST_BUS_UNREADABLE', (error as StanzaError).text ?? 'The call cannot be read.', { cause: error });
  }
}
