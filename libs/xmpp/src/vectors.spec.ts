import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { Jid } from './jid.js';
import { readMessage } from './stanza/message.js';
import { readPresence } from './stanza/presence.js';
import { StanzaError } from './stanza/stanza-error.js';
import { nativeCall, nativeResult, readNativeCall, readNativeResult } from './xep/native-rpc.js';
import { formElement, readForm } from './xep/xep-0004-forms.js';
import { readRpcCall, readRpcResponse, rpcCall, rpcResponse } from './xep/xep-0009/rpc.js';
import { readRsmRequest, readRsmResult, rsmRequest, rsmResult } from './xep/xep-0059-rsm.js';
import { readPubsubEvent } from './xep/xep-0060/events.js';
import { receiptFor, receivedId } from './xep/xep-0184-receipts.js';
import { readDelay } from './xep/xep-0203-delay.js';
import { Element } from './xml/element.js';
import { parseElement } from './xml/parse-element.js';
import { serialize } from './xml/serializer.js';

const stanzaError = (stanza: Element) => {
  const { condition, type, text, appCode, details } = StanzaError.fromElement(stanza);
  return { condition, type, text, appCode, details };
};

/** Readers and writers that a vector may name. */
const readers: Readonly<Record<string, (element: Element) => unknown>> = {
  readDelay,
  readForm,
  readMessage,
  readNativeCall,
  readNativeResult,
  readPresence,
  readPubsubEvent,
  readRpcCall,
  readRpcResponse,
  readRsmRequest,
  readRsmResult,
  receiptFor,
  receivedId,
  stanzaError,
};
const writers: Readonly<Record<string, (value: never) => Element>> = {
  formElement,
  nativeCall,
  nativeResult,
  rpcCall,
  rpcResponse,
  rsmRequest,
  rsmResult,
};

/** `name.xml` is what arrives; `name.json` says who reads it, and what comes out. */
interface Vector {
  readonly read: string;
  /** What is read, as JSON: addresses and dates as text, elements by their name. Absent: `undefined`. */
  readonly value?: unknown;
  /** What is read, where it is an element in itself. */
  readonly xml?: string;
  /** Facts of the error that reading throws. */
  readonly error?: Readonly<Record<string, unknown>>;
  /** Who writes the value again; the result is found in the XML. */
  readonly write?: string;
}

function plain(value: unknown): unknown {
  if (value instanceof Element) return `{${value.xmlns}}${value.name}`;
  if (value instanceof Jid) return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  // Through JSON, which keeps __proto__ as a member like any other.
  const members = Object.entries(value).flatMap(([key, member]) => {
    const text = JSON.stringify(plain(member)) as string | undefined;
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
  });
  return JSON.parse(`{${members.join(',')}}`);
}

const folder = new URL('../vectors/', import.meta.url);
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length))
  .sort();

describe('vectors', () => {
  it.each(names)('%s', (name: string) => {
    const element = parseElement(readFileSync(new URL(`${name}.xml`, folder), 'utf8').trim());
    const vector = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Vector;
    const read = () => readers[vector.read]!(element);
    expect(outcome(read, vector)).toEqual(expected(vector));
    expect(serialize(element)).toContain(written(read, vector));
  });
});

function outcome(read: () => unknown, { xml, error }: Vector): unknown {
  try {
    const value = read();
    return xml === undefined ? plain(value) : serialize(value as Element);
  } catch (thrown) {
    if (error === undefined) throw thrown;
    return Object.fromEntries(Object.keys(error).map((fact) => [fact, (thrown as Record<string, unknown>)[fact]]));
  }
}

function expected({ value, xml, error }: Vector): unknown {
  return error ?? xml ?? value;
}

/** The value as its writer writes it; empty where the vector names no writer. */
function written(read: () => unknown, { write }: Vector): string {
  return write === undefined ? '' : serialize(writers[write]!(read() as never));
}
