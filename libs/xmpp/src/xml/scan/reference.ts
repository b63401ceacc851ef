import { AMPERSAND, SEMICOLON } from './byte-kinds.js';

/** Bytes of the longest reference that is read; the longest that says something new, `&#x10FFFF;`, has 10. */
const LONGEST = 64;

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const NUMERIC = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/;
/** XML 1.0 §2.2. */
const CHARACTER = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]$/u;

/**
 * How many bytes the reference that begins at `at` has; 0 while its end has not come yet.
 * @returns -1 for one that XML does not know: of an undeclared entity, or of a character that is not allowed
 */
export function referenceLength(bytes: Buffer, at: number, end: number): number {
  const last = Math.min(end, at + LONGEST);
  for (let position = at + 1; position < last; position++) {
    const byte = bytes[position]!;
    if (byte === SEMICOLON) {
      const known = referencedText(bytes.toString('latin1', at + 1, position)) !== undefined;
      return known ? position + 1 - at : -1;
    }
    if (!isInReference(byte)) return -1;
  }
  return last - at === LONGEST ? -1 : 0;
}

/** What stands for `&name;`; undefined where nothing does. */
export function referencedText(name: string): string | undefined {
  if (Object.hasOwn(NAMED, name)) return NAMED[name];
  const [, hexadecimal, decimal] = NUMERIC.exec(name) ?? [];
  if (hexadecimal === undefined && decimal === undefined) return undefined;
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  if (code > 0x10ffff) return undefined;
  const text = String.fromCodePoint(code);
  return CHARACTER.test(text) ? text : undefined;
}

/** What may stand between `&` and `;`: `#`, digits and letters. */
function isInReference(byte: number): boolean {
  return byte !== AMPERSAND && (byte === 0x23 || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x7a));
}
