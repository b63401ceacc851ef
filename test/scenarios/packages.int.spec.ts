import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkPackage, Package } from '@arethetypeswrong/core';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packLibraries, type PackedLibrary } from '../newcomer/packages.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Without these an ES module could only be taken by old resolvers, and by `require` of old Nodes. */
const ESM_ONLY = new Set(['NoResolution', 'CJSResolvesToESM']);

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** The files of a tarball, as they stand once it is installed. */
async function filesOf({ name, file }: PackedLibrary): Promise<Record<string, Uint8Array>> {
  const folder = await mkdtemp(join(tmpdir(), 'nestanza-unpacked-'));
  try {
    await promisify(execFile)('tar', ['-xzf', file, '-C', folder]);
    const at = join(folder, 'package');
    const entries = (await readdir(at, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const paths = entries.map((entry) => relative(at, join(entry.parentPath, entry.name)));
    const contents = await Promise.all(paths.map((path) => readFile(join(at, path))));
    return Object.fromEntries(paths.map((path, index) => [`/node_modules/${name}/${path}`, contents[index]!]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('the packed libraries', () => {
  let folder: string;
  let libraries: readonly PackedLibrary[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestanza-packs-'));
    libraries = await packLibraries(root, folder);
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('have nothing that publint objects to', async () => {
    const faults = await Promise.all(
      libraries.map(async ({ name, file, manifest }) => {
        const tarball = new Uint8Array(await readFile(file)).buffer;
        const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
        return messages.map((message) => `${name}: ${formatMessage(message, pkg ?? manifest, { color: false })}`);
      }),
    );
    expect(faults.flat()).toEqual([]);
  }, 120_000);

  it('have types that resolve wherever an ES module does', async () => {
    const faults = await Promise.all(
      libraries.map(async (library) => {
        const { name } = library;
        const analysis = await checkPackage(new Package(await filesOf(library), name, library.version));
        if (analysis.types === false) return [`${name} has no types`];
        return analysis.problems
          .filter((problem) => !('resolutionKind' in problem) || problem.resolutionKind === 'node16-esm')
          .filter(({ kind }) => !ESM_ONLY.has(kind))
          .map((problem) => `${name}: ${JSON.stringify(problem)}`);
      }),
    );
    expect(faults.flat()).toEqual([]);
  }, 240_000);

  it('want each other in one version, and Nest from the application', () => {
    const versions = new Map(libraries.map(({ name, version }) => [name, version]));
    for (const { name, manifest } of libraries) {
      const { dependencies = {}, peerDependencies = {} } = manifest as Manifest;
      const siblings = Object.entries(dependencies).filter(([wanted]) => versions.has(wanted));
      expect({ name, siblings }).toEqual({
        name,
        siblings: siblings.map(([wanted]) => [wanted, versions.get(wanted)]),
      });
      expect({ name, nest: Object.keys(dependencies).filter((wanted) => wanted.startsWith('@nestjs/')) }).toEqual({
        name,
        nest: [],
      });
      expect(Object.keys(peerDependencies).filter((wanted) => versions.has(wanted))).toEqual([]);
    }
  });
});
