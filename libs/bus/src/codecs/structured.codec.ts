/**
 * CloudEvents 1.0.2 JSON Event Format, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 * inside a JSON container (docs/cloudevents-xmpp.md §2).
 */
import { type Element, jsonText } from '@nestanza/xmpp';
import { ATTRIBUTE_NAME, BODY_MEMBERS, type AttributeValue, type MessageAttributes } from '../attributes.js';
import type { Codec } from '../codec.js';
import { Message } from '../message.js';
import { Reject } from '../settlement.js';
import { isJsonContainer, isRecord, parseJson } from './json-container.js';

const REQUIRED = ['id', 'source', 'type'] as const;

/** A container whose JSON has `specversion`; anything else in a container is bare. */
export const structured: Codec = {
  decode(payload) {
    if (!isJsonContainer(payload)) return undefined;
    const { text } = payload;
    if (!text.includes('"specversion"')) return undefined;
    const value = parseJson(text);
    return isRecord(value) && typeof value['specversion'] === 'string' ? fromCloudEvent(value) : undefined;
  },
};

/**
 * The message that a parsed CloudEvent holds.
 * @throws Reject `NST_BUS_UNREADABLE` for a missing attribute, another version or a value of another type
 */
export function fromCloudEvent(value: unknown): Message {
  if (!isRecord(value)) throw new Reject('NST_BUS_UNREADABLE', 'A CloudEvent is a JSON object.');
  if (value['specversion'] !== '1.0') {
    throw new Reject(
      'NST_BUS_UNREADABLE',
      `CloudEvents version "${String(value['specversion'])}" is not known; 1.0 is.`,
    );
  }
  for (const name of REQUIRED) {
    if (typeof value[name] !== 'string' || value[name] === '') {
      throw new Reject('NST_BUS_UNREADABLE', `The CloudEvents attribute "${name}" is missing or empty.`);
    }
  }
  return Message.received(attributesOf(value), bodyOf(value));
}

function attributesOf(event: Readonly<Record<string, unknown>>): MessageAttributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(event)) {
    if (BODY_MEMBERS.has(name) || value === null) continue;
    if (!ATTRIBUTE_NAME.test(name)) {
      throw new Reject('NST_BUS_UNREADABLE', `"${name}" is no name of a CloudEvents attribute.`);
    }
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new Reject('NST_BUS_UNREADABLE', `The CloudEvents attribute "${name}" has a structured value.`);
    }
    attributes[name] = value;
  }
  return attributes as MessageAttributes;
}

function bodyOf(event: Readonly<Record<string, unknown>>): unknown {
  const encoded = event['data_base64'];
  if (encoded === undefined) return event['data'];
  if (typeof encoded !== 'string') throw new Reject('NST_BUS_UNREADABLE', '"data_base64" is no text.');
  return Buffer.from(encoded, 'base64');
}

/** The CloudEvent as a JSON object; a binary body travels as `data_base64` (JSON format §3.1.1). */
export function toCloudEvent({ attributes, body }: Message): Readonly<Record<string, unknown>> {
  if (body === undefined) return attributes;
  if (body instanceof Uint8Array) return { ...attributes, data_base64: Buffer.from(body).toString('base64') };
  return { ...attributes, data: body };
}

/** The JSON text of a CloudEvent. */
export function encodeCloudEvent(message: Message): string {
  return JSON.stringify(toCloudEvent(message));
}

/** The element in which a message travels. */
export function structuredElement(message: Message): Element {
  return jsonText(encodeCloudEvent(message));
}
