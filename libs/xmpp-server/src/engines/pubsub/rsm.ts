import { type Element, NS_RSM, xml } from '@nestanza/xmpp';
import { refusal, unsupported } from './refusals.js';

/** What page a requester wants. `before: ''` is the last page (§2.5). */
export interface PageRequest {
  readonly max: number;
  readonly after?: string;
  readonly before?: string;
}

/**
 * The page asked for, `max` cut to `most`; `undefined` without a `<set/>`.
 * @throws StanzaError `bad-request` for a `max` that is no number, `feature-not-implemented` for an index
 */
export function pageRequest(parent: Element, most: number): PageRequest | undefined {
  const set = parent.child('set', NS_RSM);
  if (set === undefined) return undefined;
  if (set.child('index') !== undefined) throw unsupported('rsm');
  const max = set.childText('max');
  if (max !== undefined && !/^\d{1,9}$/.test(max)) throw refusal('bad-request', undefined, 'RSM max is no number');
  const after = set.childText('after');
  const before = set.childText('before');
  return {
    max: Math.min(max === undefined ? most : Number(max), most),
    ...(after !== undefined && { after }),
    ...(before !== undefined && { before }),
  };
}

/** The `<set/>` that goes with a page: the cursors of its ends, where it has any, and the size of the whole where it is known. */
export function pageResult(cursors: readonly string[], count?: number): Element {
  const first = cursors[0];
  const last = cursors.at(-1);
  return xml(
    'set',
    { xmlns: NS_RSM },
    first !== undefined && xml('first', {}, first),
    last !== undefined && xml('last', {}, last),
    count !== undefined && xml('count', {}, count),
  );
}

/** A place in a node as the opaque cursor that requesters hand back. */
export function cursorOf(position: number): string {
  return `p${position.toString(36)}`;
}

/** @throws StanzaError `item-not-found` for anything that is no cursor of ours, an item id for instance (§2.2) */
export function positionOf(cursor: string): number {
  if (!/^p[0-9a-z]{1,11}$/.test(cursor)) throw refusal('item-not-found');
  const position = Number.parseInt(cursor.slice(1), 36);
  if (!Number.isSafeInteger(position)) throw refusal('item-not-found');
  return position;
}
