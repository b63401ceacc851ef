import { type Element, xml } from '@nestanza/xmpp';
import { Reject } from '../settlement.js';

/** XEP-0335 "JSON Containers", https://xmpp.org/extensions/xep-0335.html, version 0.1.1 (2018-10-15), Deferred. */
export const JSON_NAMESPACE = 'urn:xmpp:json:0';

export function isJsonContainer(element: Element): boolean {
  return element.is('json', JSON_NAMESPACE);
}

/** `<json/>` holding a text that is JSON already. */
export function jsonContainer(text: string): Element {
  return xml('json', { xmlns: JSON_NAMESPACE }, text);
}

/** @throws Reject `NST_BUS_UNREADABLE` when the text is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Reject('NST_BUS_UNREADABLE', `The JSON container holds no JSON: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
