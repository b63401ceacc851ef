import { KIND, NAME } from './byte-kinds.js';
import type { Cursor } from './cursor.js';
import { refuse } from './refuse.js';

const CDATA = '<![CDATA[';
/** What XMPP does not allow (RFC 6120 §11.1). */
const RESTRICTED = Object.entries({ '<!--': 'No comments.', '<!DOCTYPE': 'No document type declarations.' });

/**
 * At `<!`: goes behind the beginning of a CDATA section; anything else is refused.
 * @returns false while that cannot be said
 */
export function enterCdata(cursor: Cursor): boolean {
  for (const [start, text] of RESTRICTED) {
    const matched = cursor.matches(start);
    if (matched === undefined) return false;
    if (matched) refuse('restricted-xml', text);
  }
  const matched = cursor.matches(CDATA);
  if (matched === undefined) return false;
  if (!matched) refuse('not-well-formed');
  cursor.at += CDATA.length;
  return true;
}

/**
 * At `<?`: goes behind the name of the XML declaration; a processing instruction is refused.
 * @param first - nothing stands before it, so that it may be a declaration
 * @returns false while that cannot be said
 */
export function enterDeclaration(cursor: Cursor, first: boolean): boolean {
  const matched = cursor.matches('<?xml');
  const behind = cursor.at + 5;
  if (matched === undefined || (matched && behind >= cursor.stop)) return false;
  if (!matched || (KIND[cursor.bytes[behind]!]! & NAME) !== 0) refuse('restricted-xml', 'No processing instructions.');
  if (!first) refuse('not-well-formed');
  cursor.at = behind;
  return true;
}
