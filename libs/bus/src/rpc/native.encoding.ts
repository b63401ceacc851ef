/** Native calls, `urn:nestanza:rpc:1` (docs/cloudevents-xmpp.md §6.2). */
import { StanzaError, type StanzaErrorCondition, xml } from '@nestanza/xmpp';
import { isJsonContainer, jsonContainer, parseJson } from '../codecs/json-container.js';
import { Reject } from '../settlement.js';
import type { CallEncoding, CallFailure } from './call-encoding.js';

const NS_RPC = 'urn:nestanza:rpc:1';

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
  name: 'native',
  feature: NS_RPC,
  request: { name: 'call', xmlns: NS_RPC },

  readCall(payload) {
    const method = payload.attr('method');
    if (method === undefined || method === '') throw new Reject('NST_BUS_UNREADABLE', 'The call names no method.');
    const container = payload.elements().find(isJsonContainer);
    return {
      method,
      key: payload.attr('key'),
      body: () => (container === undefined ? undefined : parseJson(container.text)),
    };
  },

  result: (json) => xml('result', { xmlns: NS_RPC }, jsonContainer(json)),

  failure({ reason, code, text, data }) {
    throw new StanzaError(CONDITIONS[reason], {
      text,
      appCode: code,
      details: data === undefined ? [] : [jsonContainer(JSON.stringify(data))],
    });
  },

  writeCall: ({ method, key, body }) =>
    xml('call', { xmlns: NS_RPC, method, key }, body !== undefined && jsonContainer(JSON.stringify(body))),

  readResult(payload) {
    const container = payload?.elements().find(isJsonContainer);
    return container === undefined ? undefined : parseJson(container.text);
  },
};
