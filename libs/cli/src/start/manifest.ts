import { readFile } from 'node:fs/promises';
import { errorText, NestanzaError } from '@nestanza/core';

/** What an application's package.json says to `nestanza start`. */
export interface StartManifest {
  readonly name: string;
  /** Programs to run, relative to the folder. */
  readonly programs: readonly string[];
  /** Commands that are shown once everything runs. */
  readonly tries: readonly string[];
}

interface PackageJson {
  readonly name?: string;
  readonly nestanza?: { readonly programs?: readonly string[]; readonly try?: readonly string[] };
}

/**
 * The `nestanza` section of the package.json in this folder.
 * @throws NestanzaError `NST_CLI_MANIFEST` when there is no package.json that can be read
 */
export async function readManifest(path = 'package.json'): Promise<StartManifest> {
  let manifest: PackageJson;
  try {
    manifest = JSON.parse(await readFile(path, 'utf8')) as PackageJson;
  } catch (error) {
    throw new NestanzaError(
      'NST_CLI_MANIFEST',
      `${path} cannot be read (${errorText(error)}). Run this in the folder of an application; "npx nestanza init <name>" makes one.`,
      { cause: error },
    );
  }
  const { name = 'The application', nestanza = {} } = manifest;
  return { name, programs: nestanza.programs ?? ['dist/main.js'], tries: nestanza.try ?? [] };
}
