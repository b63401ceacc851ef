/** What a byte may be, as bits of `KIND[byte]`. Bytes above 0x7F belong to characters that are judged as a whole. */
export const NAME = 1;
export const NAME_START = 2;
export const SPACE = 4;
/** Needs no look inside a quoted attribute value. */
export const VALUE = 8;
/** Needs no look in character data. */
export const TEXT = 16;

export const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
export const EXCLAMATION = 0x21;
export const QUOTE = 0x22;
export const AMPERSAND = 0x26;
export const APOSTROPHE = 0x27;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const CLOSE_BRACKET = 0x5d;
/** First byte of U+F000 to U+FFFF, where two characters are forbidden: EF BF BE and EF BF BF. */
export const LAST_ROW = 0xef;

export const KIND = new Uint8Array(256);

const SPACES = [TAB, LINE_FEED, CARRIAGE_RETURN, BLANK];
const MARKUP = [LESS, GREATER, AMPERSAND, LAST_ROW];

for (let byte = 0; byte < 256; byte++) {
  const letter = byte > 0x7f || /[A-Za-z_]/.test(String.fromCharCode(byte));
  if (letter) KIND[byte]! |= NAME_START;
  if (letter || /[-.0-9]/.test(String.fromCharCode(byte))) KIND[byte]! |= NAME;
  if (SPACES.includes(byte)) KIND[byte]! |= SPACE;
  if (byte >= BLANK && ![...MARKUP, QUOTE, APOSTROPHE].includes(byte)) KIND[byte]! |= VALUE;
  if ((byte >= BLANK && !MARKUP.includes(byte)) || byte === TAB || byte === LINE_FEED) KIND[byte]! |= TEXT;
}
KIND[GREATER]! |= VALUE;
