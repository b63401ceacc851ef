import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { acrossPackages, below, drivers, forbidden, layerOf, layers, packageOf } from '../../config/lint/layers.js';
import { importsOf, readJson, root, sources, type Import } from './repository.js';

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const libs = readdirSync(join(root, 'libs')).sort();
const libOf = (specifier: string): string | undefined =>
  libs.find((lib) => specifier === packageOf(lib) || specifier.startsWith(`${packageOf(lib)}/`));

function allowed(lib: string, path: string): readonly string[] {
  if (path.endsWith('.spec.ts') || path.startsWith(`libs/${lib}/test/`)) return below(lib);
  const { imports, only = {} } = layerOf(lib);
  return imports.filter((name) => !(name in only) || path === `libs/${lib}/src/${only[name]}`);
}

/** Why this import of a library's file may not stand; `undefined` when it may. */
function objection(lib: string, path: string, { specifier }: Import): string | undefined {
  const target = libOf(specifier);
  if (target !== undefined && !allowed(lib, path).includes(target)) return `${packageOf(lib)} may not import ${target}`;
  if ([...forbidden, acrossPackages].some((part) => new RegExp(`^(${part})$`).test(specifier)))
    return 'a private part of another package';
  for (const [driver, folders] of Object.entries(drivers)) {
    if (path.endsWith('.spec.ts') || !new RegExp(`^${driver}(/.*)?$`).test(specifier)) continue;
    if (!folders.some((folder) => path.startsWith(`libs/${folder}/`)))
      return `only ${folders.join(', ')} may import it`;
  }
  return undefined;
}

describe('the table of layers', () => {
  it('names every library, and no other', () => {
    expect(Object.keys(layers).sort()).toEqual(libs);
  });

  it('has no cycle', () => {
    const standing: string[] = [];
    let left = libs;
    while (left.length > 0) {
      const next = left.filter((lib) => layerOf(lib).imports.every((name) => standing.includes(name)));
      expect({ left, next }).not.toEqual({ left, next: [] });
      standing.push(...next);
      left = left.filter((lib) => !next.includes(lib));
    }
  });

  it.each(libs)('is kept by every import of libs/%s, dynamic ones too', (lib) => {
    // A template is what others write: it imports as an application does.
    const own = sources(`libs/${lib}`).filter((path) => !path.startsWith('libs/cli/templates/'));
    const faults = own.flatMap((path) =>
      importsOf(path).flatMap((found) => {
        const why = objection(lib, path, found);
        return why === undefined ? [] : [`${found.at} imports ${found.specifier}: ${why}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  const lazyFiles = libs.flatMap((lib) => Object.values(layerOf(lib).only ?? {}).map((file) => [lib, file] as const));

  it.each(lazyFiles)('lets libs/%s load %s by import() only, so that nobody pays for it unasked', (lib, file) => {
    const eager = sources(`libs/${lib}/src`)
      .filter((path) => !path.endsWith('.spec.ts'))
      .flatMap(importsOf)
      .filter(({ specifier, lazy }) => !lazy && specifier.endsWith(`/${basename(file, '.ts')}.js`));
    expect(eager).toEqual([]);
  });

  it.each(libs)('is kept by the dependencies of libs/%s', (lib) => {
    const manifest = readJson<Manifest>(`libs/${lib}/package.json`);
    const siblings = Object.keys(manifest.dependencies ?? {}).filter((name) => libOf(name) !== undefined);
    const faults = siblings.filter((name) => !layerOf(lib).imports.includes(libOf(name)!));
    expect({ name: manifest.name, faults }).toEqual({ name: packageOf(lib), faults: [] });
  });

  it('keeps the internals of the libraries away from the apps', () => {
    const faults = sources('apps').flatMap((path) =>
      importsOf(path).filter(({ specifier }) => /^@nestanza\/[^/]+\/./.test(specifier)),
    );
    expect(faults).toEqual([]);
  });
});
