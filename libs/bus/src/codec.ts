import type { Element } from '@nestanza/xmpp';
import { bareJson } from './codecs/bare-json.codec.js';
import { bareText } from './codecs/bare-text.codec.js';
import { bareXml } from './codecs/bare-xml.codec.js';
import { structured } from './codecs/structured.codec.js';
import type { ItemFormat } from './decorators/handler-declaration.js';
import type { Message } from './message.js';
import { Reject } from './settlement.js';

/** What is known about a payload from where it came; bare codecs make missing attributes of it. */
export interface Origin {
  /** Bare JID of publisher or writer, else of the service. */
  readonly sender: string;
  /** Unique per sender for this place: made of node and item id, or the stanza's id. */
  readonly id: string;
  /** Contract type, or the channel in words. */
  readonly type: string;
}

/** One way in which an element carries a message. */
export interface Codec {
  readonly name: string;
  /** Decides by the element alone. */
  accepts(payload: Element): boolean;
  /** @throws Reject `NST_BUS_UNREADABLE` naming what is wrong */
  decode(payload: Element, origin: Origin): Message;
}

/** In order: the first that accepts an element reads it. */
const CODECS: Readonly<Record<ItemFormat, readonly Codec[]>> = {
  auto: [structured, bareJson, bareText, bareXml],
  structured: [structured],
  bare: [bareJson, bareText, bareXml],
};

/** Whether `decode` would read this payload as a CloudEvent. */
export function isStructured(payload: Element | undefined, format: ItemFormat): boolean {
  return payload !== undefined && format !== 'bare' && structured.accepts(payload);
}

/**
 * The message in an element.
 * @throws Reject `NST_BUS_UNREADABLE` when no codec of the format accepts it, or the one that does cannot read it
 */
export function decode(payload: Element | undefined, origin: Origin, format: ItemFormat = 'auto'): Message {
  if (payload === undefined) throw new Reject('NST_BUS_UNREADABLE', 'The item has no payload.');
  const codec = CODECS[format].find((candidate) => candidate.accepts(payload));
  if (codec === undefined) {
    throw new Reject(
      'NST_BUS_UNREADABLE',
      `An element {${payload.xmlns}}${payload.name} was received where the format "${format}" was expected.`,
    );
  }
  return codec.decode(payload, origin);
}
