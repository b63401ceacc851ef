// XEP-0335: JSON Containers, https://xmpp.org/extensions/xep-0335.html, version 0.1.1 (2018-09-26)
import { NestanzaError } from '@nestanza/core';
import { xml, type Element } from '../xml/element.js';

export const NS_JSON = 'urn:xmpp:json:0';

/** A `<json/>` with this value. */
export function jsonElement(value: unknown): Element {
  return jsonText(JSON.stringify(value) ?? 'null');
}

/** A `<json/>` with text that is JSON already. */
export function jsonText(text: string): Element {
  return xml('json', { xmlns: NS_JSON }, text);
}

/**
 * The value of the `<json/>` in `parent`; `undefined` where there is none.
 * @throws NestanzaError `NST_XMPP_JSON` when it is no JSON
 */
export function readJson(parent: Element): unknown {
  const text = parent.childText('json', NS_JSON);
  return text === undefined ? undefined : parseJson(text);
}

/** @throws NestanzaError `NST_XMPP_JSON` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new NestanzaError('NST_XMPP_JSON', 'A <json/> element does not hold JSON.', { cause });
  }
}
