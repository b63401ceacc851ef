import { createHash } from 'node:crypto';

/** What PostgreSQL refuses: NUL in text and jsonb, lone surrogates in jsonb. */
const REFUSED = /\0|\p{Surrogate}/gu;

/** The text as PostgreSQL can store it, at most `limit` UTF-16 code units of it; what it refuses becomes U+FFFD. */
export function storable(text: string, limit = Infinity): string {
  const bounded = text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
  return bounded.replace(REFUSED, '\uFFFD');
}

/** Bytes of an indexed text: three of them fit into one index entry. */
const INDEXABLE = 800;

/** Code units that are kept of a longer one. */
const KEPT = 150;

/** The text, or, where it is too long for an index, its beginning and its hash. Equal texts stay equal, others differ. */
export function indexable(text: string): string {
  if (Buffer.byteLength(text) <= INDEXABLE) return storable(text);
  return `${storable(text.slice(0, KEPT))}#${createHash('sha256').update(text).digest('base64url')}`;
}
