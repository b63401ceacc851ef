/** How a character is named in messages: `U+200B`. A character that cannot be seen is named, never shown. */
export function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
