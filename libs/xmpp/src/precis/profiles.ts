import { checkBidi } from './bidi.js';
import { checkFreeformClass, checkIdentifierClass } from './classes.js';

const ASCII_IDENTIFIER = /^[\u0021-\u007e]+$/;
const ASCII_FREEFORM = /^[\u0020-\u007e]+$/;
/** Characters with a `<wide>` or `<narrow>` decomposition (RFC 8264 §5.2.1). */
const WIDTH = /[\u3000\uff01-\uff60\uff61-\uffdc\uffe0-\uffe6\uffe8-\uffee]/g;
const OTHER_SPACES = /\p{Zs}/gu;

/**
 * A user name by the profile UsernameCaseMapped (RFC 8265 §3.3): equal names become equal texts. Idempotent.
 * @throws TypeError saying what is wrong with it
 */
export function usernameCaseMapped(text: string): string {
  if (ASCII_IDENTIFIER.test(text)) return text.toLowerCase();
  const narrow = text.replace(WIDTH, (character) => character.normalize('NFKC'));
  checkIdentifierClass(narrow);
  const name = narrow.toLowerCase().normalize('NFC');
  if (name === '') throw new TypeError('it is empty');
  checkIdentifierClass(name);
  checkBidi(name);
  return name;
}

/**
 * A resource or password by the profile OpaqueString (RFC 8265 §4.2): case is kept, all spaces become U+0020.
 * Idempotent.
 * @throws TypeError saying what is wrong with it
 */
export function opaqueString(text: string): string {
  if (ASCII_FREEFORM.test(text)) return text;
  checkFreeformClass(text);
  const opaque = text.replace(OTHER_SPACES, ' ').normalize('NFC');
  if (opaque === '') throw new TypeError('it is empty');
  checkFreeformClass(opaque);
  return opaque;
}
