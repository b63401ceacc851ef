import { type Element, NS_JSON } from '@nestanza/xmpp';
import { Reject } from '../settlement.js';

export function isJsonContainer(element: Element): boolean {
  return element.is('json', NS_JSON);
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
