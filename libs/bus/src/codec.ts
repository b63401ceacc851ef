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
  /**
   * The message; `undefined` where the element is not of this codec's kind.
   * @throws Reject `NST_BUS_UNREADABLE` naming what is wrong with one that is
   */
  decode(payload: Element, origin: Origin): Message | undefined;
}

/** A message, and how it travelled. */
export interface Decoded {
  readonly message: Message;
  /** A CloudEvent: identified by its own id. Otherwise bare. */
  readonly structured: boolean;
}

/** In order: the first of whose kind an element is reads it. */
const CODECS: Readonly<Record<ItemFormat, readonly Codec[]>> = {
  auto: [structured, bareJson, bareText, bareXml],
  structured: [structured],
  bare: [bareJson, bareText, bareXml],
};

/**
 * The message in an element.
 * @throws Reject `NST_BUS_UNREADABLE` when it is of no codec of the format, or cannot be read
 */
export function decode(payload: Element | undefined, origin: Origin, format: ItemFormat = 'auto'): Decoded {
  if (payload === undefined) throw new Reject('NST_BUS_UNREADABLE', 'The item has no payload.');
  for (const codec of CODECS[format]) {
    const message = codec.decode(payload, origin);
    if (message !== undefined) return { message, structured: codec === structured };
  }
  throw new Reject(
    'NST_BUS_UNREADABLE',
    `An element {${payload.xmlns}}${payload.name} was received where the format "${format}" was expected.`,
  );
}
