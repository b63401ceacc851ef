import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readRpcValue, rpcValue, type RpcValue } from './rpc-value.js';

const written = (value: RpcValue) => {
  const type = rpcValue(value).elements()[0]!;
  return `${type.name} ${type.text}`;
};

describe('a value', () => {
  it.each<[RpcValue, string]>([
    [0, 'i4 0'],
    [-0, 'i4 0'],
    [2_147_483_647, 'i4 2147483647'],
    [-2_147_483_648, 'i4 -2147483648'],
    [2_147_483_648, 'double 2147483648'],
    [1e21, 'double 1000000000000000000000'],
    [1.5e-7, 'double 0.00000015'],
    [-1e-7, 'double -0.0000001'],
    [0.1, 'double 0.1'],
    [true, 'boolean 1'],
    [null, 'nil '],
    ['', 'string '],
    [new Date('1998-07-17T14:08:55.123Z'), 'dateTime.iso8601 19980717T14:08:55'],
    [Buffer.from('hello'), 'base64 aGVsbG8='],
  ])('%j is written as %j', (value, expected) => {
    expect(written(value)).toBe(expected);
  });

  it.each<[string, () => RpcValue]>([
    ['NaN', () => NaN],
    ['infinity', () => Infinity],
    ['an invalid date', () => new Date('x')],
    [
      'what contains itself',
      () => {
        const loop: RpcValue[] = [];
        loop.push(loop);
        return loop;
      },
    ],
  ])('%s has no form', (_what, value) => {
    expect(() => rpcValue(value())).toThrow(expect.objectContaining({ code: 'NST_XMPP_RPC_VALUE' }));
  });

  it('leaves out members that are undefined', () => {
    expect(readRpcValue(rpcValue({ a: undefined, b: 1 }))).toEqual({ b: 1 });
  });

  it('written and read again is itself', () => {
    const { value } = fc.letrec<{ value: RpcValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'value' },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
        fc.string(),
        fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (original) => {
        expect(readRpcValue(rpcValue(original))).toEqual(original);
      }),
    );
  });
});
