import { NestanzaError } from '@nestanza/core';
import { xml, type Element } from '../../xml/element.js';
import { RPC_FAULTS, RpcFault } from './rpc-fault.js';

export const NS_RPC = 'jabber:iq:rpc';

/** What XML-RPC can carry. `null` is the `nil` extension; numbers are `int` where they fit 32 bits, else `double`. */
export type RpcValue =
  | null
  | boolean
  | number
  | string
  | Date
  | Uint8Array
  | readonly RpcValue[]
  | { readonly [member: string]: RpcValue | undefined };

/** Values inside one another. */
const MAX_DEPTH = 24;
const INT32 = 2 ** 31;

/**
 * A `<value/>`.
 * @throws NestanzaError `NST_XMPP_RPC_VALUE` for what XML-RPC has no form for: NaN, infinity, more than 24 levels
 */
export function rpcValue(value: RpcValue, depth = 0): Element {
  if (depth > MAX_DEPTH) throw unencodable(`more than ${MAX_DEPTH} levels`);
  return xml('value', { xmlns: NS_RPC }, typed(value, depth));
}

function typed(value: RpcValue, depth: number): Element {
  if (value === null) return xml('nil');
  if (typeof value === 'boolean') return xml('boolean', {}, value ? '1' : '0');
  if (typeof value === 'string') return xml('string', {}, value);
  if (typeof value === 'number') return number(value);
  if (value instanceof Date) return xml('dateTime.iso8601', {}, dateTime(value));
  if (value instanceof Uint8Array) return xml('base64', {}, Buffer.from(value).toString('base64'));
  if (Array.isArray(value)) {
    return xml(
      'array',
      {},
      xml(
        'data',
        {},
        (value as readonly RpcValue[]).map((item) => rpcValue(item, depth + 1)),
      ),
    );
  }
  const members = Object.entries(value as Readonly<Record<string, RpcValue | undefined>>);
  return xml(
    'struct',
    {},
    members.map(
      ([name, member]) => member !== undefined && xml('member', {}, xml('name', {}, name), rpcValue(member, depth + 1)),
    ),
  );
}

function number(value: number): Element {
  if (!Number.isFinite(value)) throw unencodable(String(value));
  if (Number.isInteger(value) && value >= -INT32 && value < INT32)
    return xml('i4', {}, String(value === 0 ? 0 : value));
  return xml('double', {}, decimal(value));
}

/** Digits and a point, never an exponent, with nothing rounded off. */
function decimal(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [mantissa = '', exponent] = String(Math.abs(value)).split('e');
  const sign = value < 0 ? '-' : '';
  if (exponent === undefined) return sign + mantissa;
  // A number that is no integer has an exponent only where it is small: 1.5e-7.
  return `${sign}0.${'0'.repeat(-Number(exponent) - 1)}${mantissa.replace('.', '')}`;
}

/** `19980717T14:08:55`, in UTC; XML-RPC has neither zone nor fraction. */
function dateTime(value: Date): string {
  if (Number.isNaN(value.getTime())) throw unencodable('an invalid date');
  return value.toISOString().slice(0, 19).replaceAll('-', '');
}

/**
 * The value of a `<value/>`. Structs become objects whose members are all their own, `__proto__` too.
 * @throws RpcFault −32602 for a value that breaks the specification
 */
export function readRpcValue(element: Element): RpcValue {
  const [type, ...others] = element.elements();
  // XML-RPC: without a type it is a string.
  if (type === undefined) return element.text;
  if (others.length > 0) throw invalid('a value has two types');
  const { text } = type;
  switch (type.name) {
    case 'nil':
      return null;
    case 'string':
      return text;
    case 'boolean':
      return readBoolean(text.trim());
    case 'i4':
    case 'int':
      return readInt(text.trim());
    case 'double':
      return readDouble(text.trim());
    case 'dateTime.iso8601':
      return readDateTime(text.trim());
    case 'base64':
    case 'Base64':
      return readBase64(text);
    case 'array':
      return readArray(type);
    case 'struct':
      return readStruct(type);
    default:
      throw invalid(`there is no type "${type.name}"`);
  }
}

function readBoolean(text: string): boolean {
  if (text !== '0' && text !== '1') throw invalid(`"${text}" is no boolean`);
  return text === '1';
}

function readInt(text: string): number {
  const value = /^[-+]?\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= -INT32 && value < INT32)) throw invalid(`"${text}" is no 32-bit integer`);
  return value;
}

function readDouble(text: string): number {
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) throw invalid(`"${text}" is no double`);
  return Number(text);
}

function readDateTime(text: string): Date {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  const date =
    match === null ? undefined : new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}${match[5] ?? 'Z'}`);
  if (date === undefined || Number.isNaN(date.getTime())) throw invalid(`"${text}" is no dateTime.iso8601`);
  return date;
}

function readBase64(text: string): Uint8Array {
  const compact = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) throw invalid('a base64 value is malformed');
  return new Uint8Array(Buffer.from(compact, 'base64'));
}

function readArray(array: Element): RpcValue[] {
  const data = array.child('data');
  if (data === undefined) throw invalid('an array has no data');
  return data.elements('value', NS_RPC).map(readRpcValue);
}

function readStruct(struct: Element): RpcValue {
  const result: Record<string, RpcValue> = {};
  for (const member of struct.elements('member', NS_RPC)) {
    const name = member.childText('name');
    const value = member.child('value');
    if (name === undefined || value === undefined) throw invalid('a member lacks its name or value');
    Object.defineProperty(result, name, {
      value: readRpcValue(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return result;
}

function invalid(why: string): RpcFault {
  return new RpcFault(RPC_FAULTS.invalidParams, why);
}

function unencodable(what: string): NestanzaError {
  return new NestanzaError('NST_XMPP_RPC_VALUE', `XML-RPC has no form for ${what}.`, { facts: { what } });
}
