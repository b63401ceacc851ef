import { codePoint } from '../code-point.js';

/** Canonical combining class 9 (Virama), which JavaScript's `\p{…}` does not know. */
const VIRAMA =
  /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a\u1714\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed\u{10a3f}\u{11046}\u{11070}\u{1107f}\u{110b9}\u{11133}\u{11134}\u{111c0}\u{11235}\u{112ea}\u{1134d}\u{11442}\u{114c2}\u{115bf}\u{1163f}\u{116b6}\u{1172b}\u{11839}\u{1193d}\u{1193e}\u{119e0}\u{11a34}\u{11a47}\u{11a99}\u{11c3f}\u{11d44}\u{11d45}\u{11d97}\u{11f41}\u{11f42}]/u;

type Rule = (characters: readonly string[], index: number) => boolean;

const afterVirama: Rule = (characters, index) => VIRAMA.test(characters[index - 1] ?? '');
const afterHebrew: Rule = (characters, index) => /\p{Script=Hebrew}/u.test(characters[index - 1] ?? '');
const without =
  (digits: RegExp): Rule =>
  (characters) =>
    !characters.some((character) => digits.test(character));

/** RFC 5892 appendix A, the rules for characters that are allowed in some surroundings only. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  // A.1: between joining Arabic letters it is allowed too; without joining types at hand that is refused.
  ['\u200c', afterVirama],
  ['\u200d', afterVirama],
  ['\u00b7', (characters, index) => characters[index - 1] === 'l' && characters[index + 1] === 'l'],
  ['\u0375', (characters, index) => /\p{Script=Greek}/u.test(characters[index + 1] ?? '')],
  ['\u05f3', afterHebrew],
  ['\u05f4', afterHebrew],
  [
    '\u30fb',
    (characters) => characters.some((one) => /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(one)),
  ],
  ...digits(0x0660, without(/[\u06f0-\u06f9]/)),
  ...digits(0x06f0, without(/[\u0660-\u0669]/)),
]);

function digits(zero: number, rule: Rule): [string, Rule][] {
  return Array.from({ length: 10 }, (_, digit) => [String.fromCodePoint(zero + digit), rule]);
}

/** @throws TypeError when the character at `index` may not stand in these surroundings */
export function checkContext(characters: readonly string[], index: number): void {
  const character = characters[index]!;
  if (RULES.get(character)?.(characters, index) === true) return;
  throw new TypeError(`${codePoint(character)} is not allowed in this place of it`);
}
