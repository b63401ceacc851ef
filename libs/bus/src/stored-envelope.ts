import { createHash } from 'node:crypto';
import { parseElement, serialize } from '@nestanza/xmpp/internal';
import { decode, type Origin } from './codec.js';
import { fromCloudEvent, toCloudEvent } from './codecs/structured.codec.js';
import { parseJson } from './codecs/json-container.js';
import type { ItemFormat } from './decorators/handler-declaration.js';
import type { InboundMessage } from './delivery.port.js';
import { Message } from './message.js';
import { Reject } from './settlement.js';
import type { ReceivedItem } from './transport.js';

/** What the inbox keeps of an item: where it came from and its CloudEvent, or the element as it came. */
interface StoredEnvelope {
  readonly service: string;
  readonly node: string;
  readonly item: string;
  readonly publisher?: string;
  readonly event?: Readonly<Record<string, unknown>>;
  /** The payload's XML, where it could not be read. */
  readonly payload?: string;
  readonly unreadable?: string;
}

/** Where a stored message came from. */
export type StoredOrigin = Pick<StoredEnvelope, 'service' | 'node' | 'item' | 'publisher'>;

export interface StoreOptions {
  readonly format: ItemFormat;
  /** CloudEvents type of bare items. */
  readonly type: string;
  /** Ordering key of a body, where the message has no `partitionkey`. */
  readonly key?: (body: never) => string;
}

/** The item as the inbox stores it. Never throws: what cannot be read is kept as it came, with the reason. */
export function store(item: ReceivedItem, { format, type, key }: StoreOptions): InboundMessage {
  const sender = item.publisher ?? item.service;
  const origin: Origin = { sender, id: bareItemId(item), type };
  const place = { service: item.service, node: item.node, item: item.id, publisher: item.publisher };
  try {
    const { message, structured } = decode(item.payload, origin, format);
    const event = toCloudEvent(message.body === item.payload ? asXmlText(message, item) : message);
    return {
      sender,
      id: message.id,
      digest: structured ? '' : digestOf(item),
      key: keyOf(message, key),
      envelope: JSON.stringify({ ...place, event } satisfies StoredEnvelope),
    };
  } catch (error) {
    const unreadable = error instanceof Error ? error.message : String(error);
    const payload = item.payload === undefined ? '' : serialize(item.payload);
    return {
      sender,
      id: origin.id,
      digest: digestOf(item),
      key: undefined,
      envelope: JSON.stringify({ ...place, payload, unreadable } satisfies StoredEnvelope),
    };
  }
}

/** A stored message, and where it came from. */
export interface Restored {
  readonly origin: StoredOrigin;
  /** @throws Reject `NST_BUS_UNREADABLE` with the reason found at its arrival */
  read(): Message;
}

/** @throws Reject `NST_BUS_UNREADABLE` for what is no envelope at all */
export function restore(envelope: string): Restored {
  const stored = parseJson(envelope) as StoredEnvelope;
  return { origin: stored, read: () => messageIn(stored) };
}

function messageIn({ event, unreadable = 'The item is empty.' }: StoredEnvelope): Message {
  if (event === undefined) throw new Reject('NST_BUS_UNREADABLE', unreadable);
  const message = fromCloudEvent(event);
  return message.attributes.datacontenttype === 'application/xml' && typeof message.body === 'string'
    ? message.withBody(parseElement(message.body))
    : message;
}

/** Item id of a stored envelope; `undefined` for anything else. Never throws. */
export function storedItem(envelope: string): string | undefined {
  try {
    const { item } = JSON.parse(envelope) as Partial<StoredEnvelope>;
    return typeof item === 'string' ? item : undefined;
  } catch {
    return undefined;
  }
}

/** A bare item's message id: node and item id together, as in the item's URI (XEP-0060 §12.22). */
function bareItemId({ node, id }: ReceivedItem): string {
  return `node=${encodeURIComponent(node)};item=${encodeURIComponent(id)}`;
}

function asXmlText(message: Message, item: ReceivedItem): Message {
  return message.withBody(item.payload === undefined ? '' : serialize(item.payload));
}

function digestOf({ payload }: ReceivedItem): string {
  return createHash('sha256')
    .update(payload === undefined ? '' : serialize(payload))
    .digest('base64url');
}

function keyOf({ attributes, body }: Message, key: StoreOptions['key']): string | undefined {
  if (attributes.partitionkey !== undefined) return attributes.partitionkey;
  if (key === undefined) return undefined;
  try {
    const made: unknown = key(body as never);
    return typeof made === 'string' && made !== '' ? made : undefined;
  } catch {
    // The body is not of the contract's shape; validation will say so.
    return undefined;
  }
}
