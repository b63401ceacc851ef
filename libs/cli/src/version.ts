import { readFileSync } from 'node:fs';

/** Version of this command, which all of Nestanza's packages share. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }
).version;
