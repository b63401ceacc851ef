// XEP-0059: Result Set Management, https://xmpp.org/extensions/xep-0059.html, version 1.0 (2006-09-20)
import { xml, type Element } from '../xml/element.js';

export const NS_RSM = 'http://jabber.org/protocol/rsm';

export interface RsmRequest {
  /** At most so many; `0` asks for the count alone (§2.7). */
  readonly max?: number;
  /** The page behind this cursor (§2.2). */
  readonly after?: string;
  /** The page before this cursor; empty for the last page (§2.3, §2.5). */
  readonly before?: string;
}

export interface RsmResult {
  /** Cursors of the first and last item of the page; opaque. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Position of the first item in the whole set. */
  readonly index: number | undefined;
  /** Items in the whole set, possibly an estimate. */
  readonly count: number | undefined;
}

export function rsmRequest({ max, after, before }: RsmRequest): Element {
  return xml(
    'set',
    { xmlns: NS_RSM },
    max !== undefined && xml('max', {}, max),
    after !== undefined && xml('after', {}, after),
    before !== undefined && xml('before', {}, before),
  );
}

/** What a server reads of a request; a `max` that is no number is left out. */
export function readRsmRequest(container: Element): RsmRequest | undefined {
  const set = container.child('set', NS_RSM);
  if (set === undefined) return undefined;
  return { max: readCount(set.childText('max')), after: set.childText('after'), before: set.childText('before') };
}

export function rsmResult({ first, last, index, count }: Partial<RsmResult>): Element {
  return xml(
    'set',
    { xmlns: NS_RSM },
    first !== undefined && xml('first', { index }, first),
    last !== undefined && xml('last', {}, last),
    count !== undefined && xml('count', {}, count),
  );
}

/** The result set of a page; `undefined` where the responder ignored the request, as some do. */
export function readRsmResult(container: Element): RsmResult | undefined {
  const set = container.child('set', NS_RSM);
  if (set === undefined) return undefined;
  return {
    first: set.childText('first'),
    last: set.childText('last'),
    index: readCount(set.child('first')?.attr('index')),
    count: readCount(set.childText('count')),
  };
}

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}
