import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A library as `npm pack` makes it. */
export interface PackedLibrary {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of the file. */
  readonly integrity: string;
  /** Path of the tarball. */
  readonly file: string;
  /** Its package.json. */
  readonly manifest: object;
}

interface PackReport {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly filename: string;
}

/** Packs every library of the repository at `root`, as they stand built, into `folder`. */
export async function packLibraries(root: string, folder: string): Promise<readonly PackedLibrary[]> {
  const manifests = new Map<string, object>();
  for (const lib of await readdir(join(root, 'libs'))) {
    const manifest = JSON.parse(await readFile(join(root, 'libs', lib, 'package.json'), 'utf8')) as { name: string };
    manifests.set(manifest.name, manifest);
  }
  const workspaces = [...manifests.keys()].flatMap((name) => ['-w', name]);
  const packed = await promisify(execFile)(
    'npm',
    ['pack', ...workspaces, '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  return (JSON.parse(packed.stdout) as PackReport[]).map(({ name, version, integrity, filename }) => ({
    name,
    version,
    integrity,
    file: join(folder, filename),
    manifest: manifests.get(name)!,
  }));
}
