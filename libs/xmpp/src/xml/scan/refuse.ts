import { StreamError, type StreamErrorCondition } from '../../stream/stream-error.js';
import { KIND, LAST_ROW, SPACE } from './byte-kinds.js';

export function refuse(condition: StreamErrorCondition, text?: string): never {
  throw new StreamError(condition, text);
}

/** True for a byte that no XML document has at this place: a control character, or U+FFFE and U+FFFF (XML 1.0 §2.2). */
export function isForbidden(bytes: Buffer, at: number): boolean {
  const found = bytes[at]!;
  if (found === LAST_ROW) return bytes[at + 1] === 0xbf && bytes[at + 2]! >= 0xbe;
  return found < 0x20 && (KIND[found]! & SPACE) === 0;
}
