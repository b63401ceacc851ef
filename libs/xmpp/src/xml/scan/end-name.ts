import type { Cursor } from './cursor.js';
import { refuse } from './refuse.js';

/**
 * Compares the name from the cursor's mark on with that of the open element.
 * @param open - its record on the tape; a name as bytes for the document element, which has none
 * @returns false while the name is not whole
 */
export function readEndName(cursor: Cursor, open: number | string): boolean {
  const { bytes, base, tape } = cursor;
  const begin = base + cursor.mark;
  const known = typeof open === 'string' ? 0 : tape.words[open + 1]!;
  const behind = begin + (typeof open === 'string' ? open.length : tape.words[open + 2]! - known);
  const last = Math.min(cursor.stop, behind);
  let { at } = cursor;
  for (; at < last; at++) {
    const expected = typeof open === 'string' ? open.charCodeAt(at - begin) : bytes[base + known + at - begin];
    if (bytes[at] !== expected) refuse('not-well-formed');
  }
  cursor.at = at;
  return at === behind;
}
