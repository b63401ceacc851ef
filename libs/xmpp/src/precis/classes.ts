import { codePoint } from '../code-point.js';
import { checkContext } from './context.js';

/** Derived property of a code point (RFC 8264 §8). `context`: allowed where a rule of its own says so. */
type Property = 'valid' | 'freeform' | 'context' | 'disallowed';

/** RFC 5892 §2.6. */
const EXCEPTIONS_VALID = /[\u00df\u03c2\u06fd\u06fe\u0f0b\u3007]/u;
const EXCEPTIONS_CONTEXT = /[\u00b7\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9]/u;
const EXCEPTIONS_DISALLOWED = /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]/u;
const ASCII7 = /[\u0021-\u007e]/u;
const JOIN_CONTROL = /[\u200c\u200d]/u;
const OLD_HANGUL_JAMO = /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb]/u;
/** Unassigned code points are refused, so that no text changes its meaning with the Unicode version. */
const REFUSED = /[\p{Cn}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Cc}\p{Surrogate}]/u;
const LETTER_DIGITS = /[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]/u;
const FREEFORM = /[\p{Lt}\p{Nl}\p{No}\p{Me}\p{Zs}\p{Sm}\p{Sc}\p{Sk}\p{So}\p{P}]/u;

/** In the order of RFC 8264 §8, where the first match counts. */
function property(character: string): Property {
  if (EXCEPTIONS_VALID.test(character)) return 'valid';
  if (EXCEPTIONS_CONTEXT.test(character)) return 'context';
  if (EXCEPTIONS_DISALLOWED.test(character)) return 'disallowed';
  if (ASCII7.test(character)) return 'valid';
  if (JOIN_CONTROL.test(character)) return 'context';
  if (OLD_HANGUL_JAMO.test(character) || REFUSED.test(character)) return 'disallowed';
  if (character.normalize('NFKC') !== character) return 'freeform';
  if (LETTER_DIGITS.test(character)) return 'valid';
  return FREEFORM.test(character) ? 'freeform' : 'disallowed';
}

function check(text: string, allowed: ReadonlySet<Property>): void {
  const characters = [...text];
  characters.forEach((character, index) => {
    const found = property(character);
    if (found === 'context') checkContext(characters, index);
    else if (!allowed.has(found)) throw new TypeError(`${codePoint(character)} is not allowed in it`);
  });
}

const IDENTIFIER: ReadonlySet<Property> = new Set<Property>(['valid']);
const FREEFORM_CLASS: ReadonlySet<Property> = new Set<Property>(['valid', 'freeform']);

/** RFC 8264 §4.2. @throws TypeError naming the character */
export function checkIdentifierClass(text: string): void {
  check(text, IDENTIFIER);
}

/** RFC 8264 §4.3. @throws TypeError naming the character */
export function checkFreeformClass(text: string): void {
  check(text, FREEFORM_CLASS);
}
