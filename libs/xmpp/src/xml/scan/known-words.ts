/** Longest text that is kept, in bytes. */
const LONGEST = 64;
const SLOTS = 2_048;

/** ASCII only. One text a slot: the last that fell there. So peers decide what is in it, and never how much. */
const words: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);

/**
 * The UTF-8 bytes from `start` to `end` as a string. Names, namespaces and addresses come again and again: most are
 * found instead of made.
 */
export function shortText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > LONGEST) return bytes.toString('utf8', start, end);
  let hash = length;
  let all = 0;
  for (let at = start; at < end; at++) {
    all |= bytes[at]!;
    hash = (hash * 31 + bytes[at]!) | 0;
  }
  if (all > 0x7f) return bytes.toString('utf8', start, end);
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = words[slot];
  if (known !== undefined && known.length === length && isText(known, bytes, start)) return known;
  return (words[slot] = bytes.toString('latin1', start, end));
}

function isText(text: string, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}
