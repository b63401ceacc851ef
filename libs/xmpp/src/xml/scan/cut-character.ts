/**
 * How many bytes at the end belong to a UTF-8 character whose other bytes have not come yet: 0 to 3. Whether they can
 * become one is for the check of the next bytes to say.
 */
export function cutCharacter(bytes: Uint8Array): number {
  const length = bytes.length;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return 0;
    // A byte that begins a character; below 0xC0 they continue one.
    if (byte >= 0xc0) return back < lengthOf(byte) && canGoOn(bytes, length - back) ? back : 0;
  }
  return 0;
}

function lengthOf(first: number): number {
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** False where what stands there is wrong already, so that it is refused at once. */
function canGoOn(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!;
  if (first < 0xc2 || first > 0xf4) return false;
  const second = bytes[at + 1];
  if (second === undefined) return true;
  // Overlong forms, surrogates, and what lies above U+10FFFF (RFC 3629 §4).
  switch (first) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second <= 0x9f;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second <= 0x8f;
    default:
      return true;
  }
}
