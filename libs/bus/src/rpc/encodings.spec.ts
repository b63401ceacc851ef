import { describe, expect, it } from '@jest/globals';
import { iqSet, rpcCall, RpcFault, StanzaError, type Element } from '@nestanza/xmpp';
import type { CallEncoding, CallFailure } from './call-encoding.js';
import { jabberRpc } from './jabber-rpc.encoding.js';
import { native } from './native.encoding.js';

const iq = (payload: Element) => iqSet({ to: 'inventory@localhost' }, payload);
const body = { orderId: 'o-1', lines: [{ sku: 'TEA-01', quantity: 2 }] };
const params = ['orderId', 'lines'];

function failure(encoding: CallEncoding, reason: CallFailure['reason'], data?: unknown): unknown {
  try {
    return encoding.readResult(iq(encoding.failure({ reason, code: 'OUT_OF_STOCK', text: 'none left', data })));
  } catch (error) {
    return error;
  }
}

describe.each([
  ['native', native],
  ['XEP-0009', jabberRpc],
])('a call in the %s encoding', (_, encoding) => {
  it('comes with the body it was made with, by position and as a whole', () => {
    for (const names of [params, undefined]) {
      const call = encoding.readCall(iq(encoding.writeCall({ method: 'm.n', key: 'k', body, params: names })));
      expect(call.method).toBe('m.n');
      expect(call.body({ params: names })).toEqual(body);
    }
  });

  it('gives back its result', () => {
    for (const value of [7, 1.5, 'text', true, null, [1, 'two'], { a: { b: [null] } }]) {
      expect(encoding.readResult(iq(encoding.result(JSON.stringify(value))))).toEqual(value);
    }
  });

  it('refuses who may not call by the stanza error forbidden', () => {
    expect(failure(encoding, 'forbidden')).toMatchObject({ condition: 'forbidden', appCode: 'OUT_OF_STOCK' });
  });
});

describe('the native encoding', () => {
  it('carries the idempotency key, and a declared error with its code and data', () => {
    expect(native.readCall(iq(native.writeCall({ method: 'm', key: 'k', body, params }))).key).toBe('k');
    const error = failure(native, 'declared', { sku: 'POT-03' }) as StanzaError;
    expect(error).toMatchObject({ condition: 'undefined-condition', appCode: 'OUT_OF_STOCK', text: 'none left' });
    expect(error.details[0]!.text).toBe('{"sku":"POT-03"}');
  });
});

describe('the XEP-0009 encoding', () => {
  const received = (...values: Parameters<typeof rpcCall>[0]['params']) =>
    jabberRpc.readCall(iq(rpcCall({ method: 'm', params: values })));

  it('takes one struct as the whole body, and other values by the names of the contract', () => {
    expect(received({ sku: 'TEA-01' }).body({ params: ['sku'] })).toEqual({ sku: 'TEA-01' });
    expect(received('TEA-01').body({ params: ['sku'] })).toEqual({ sku: 'TEA-01' });
    expect(received('o-1', []).body({ params })).toEqual({ orderId: 'o-1', lines: [] });
  });

  it('gives a handler times and bytes as JSON has them', () => {
    expect(
      received(new Date('1998-07-17T14:08:55Z'), new Uint8Array([1, 2])).body({ params: ['at', 'bytes'] }),
    ).toEqual({
      at: '1998-07-17T14:08:55.000Z',
      bytes: 'AQI=',
    });
  });

  it('refuses more values than the contract names', () => {
    expect(() => received('a', 'b').body({ params: ['one'] })).toThrow(/2 parameters came, and there are 1: one/);
    expect(() => received('a', 'b').body({ params: undefined })).toThrow(/one struct/);
  });

  it.each([
    ['unknown-method', -32601, 'none left'],
    ['invalid', -32602, 'none left'],
    ['unreadable', -32600, 'none left'],
    ['declared', -32500, 'OUT_OF_STOCK: none left'],
    ['internal', -32500, 'OUT_OF_STOCK: none left'],
  ] as const)('answers %s with the fault %d', (reason, faultCode, faultString) => {
    const fault = failure(jabberRpc, reason);
    expect(fault).toBeInstanceOf(RpcFault);
    expect(fault).toMatchObject({ faultCode, faultString });
  });
});
