/** A word of the command line as a value: JSON where it is some, else the word itself. */
export function readValue(word: string): unknown {
  try {
    return JSON.parse(word) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return word;
    throw error;
  }
}
