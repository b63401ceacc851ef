// XEP-0106: JID Escaping, https://xmpp.org/extensions/xep-0106.html, version 1.1.1 (2016-07-08)

/** §4.2: what a local part cannot hold, and the two-digit code that stands for it. */
const CODES: ReadonlyMap<string, string> = new Map(
  Array.from(' "&\'/:<>@', (character) => [character, character.codePointAt(0)!.toString(16).padStart(2, '0')]),
);
const CHARACTERS: ReadonlyMap<string, string> = new Map(
  [...CODES, ['\\', '5c'] as const].map(([one, code]) => [code, one]),
);
const TO_ESCAPE = /[ "&'/:<>@]|\\(?=20|22|26|27|2f|3a|3c|3e|40|5c)/g;
const ESCAPED = /\\(20|22|26|27|2f|3a|3c|3e|40|5c)/g;

/**
 * A foreign name as local part: `space cadet` becomes `space\20cadet`. A backslash is escaped only where it would form
 * an escape (§4.2).
 * @throws TypeError for a name that begins or ends with a space (§4.2)
 */
export function escapeLocal(name: string): string {
  if (name.startsWith(' ') || name.endsWith(' '))
    throw new TypeError('A name to be escaped neither begins nor ends with a space.');
  return name.replace(TO_ESCAPE, (character) => `\\${CODES.get(character) ?? '5c'}`);
}

/** The foreign name that a local part stands for; text without escapes comes back as it is. */
export function unescapeLocal(local: string): string {
  return local.replace(ESCAPED, (_escape, code: string) => CHARACTERS.get(code)!);
}
