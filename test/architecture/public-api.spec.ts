import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { packageOf } from '../../config/lint/layers.js';
import { importsOf, parse, place, root, sources } from './repository.js';

const libs = readdirSync(join(root, 'libs')).sort();
const entry = (lib: string, name: string): string => `libs/${lib}/src/${name}.ts`;
const has = (path: string): boolean => existsSync(join(root, path));

/** A test may use its own library as users do. */
const shipped = (lib: string): string[] =>
  sources(`libs/${lib}/src`).filter((path) => !/\.(spec|fixture)\.ts$/.test(path));

interface Exports {
  readonly names: readonly string[];
  /** Statements that are not an explicit list of names. */
  readonly faults: readonly string[];
}

function exportsOf(path: string): Exports {
  const names: string[] = [];
  const faults: string[] = [];
  for (const statement of parse(path).statements) {
    if (ts.isImportDeclaration(statement) && statement.importClause === undefined) continue;
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    if (!ts.isExportDeclaration(statement) || clause === undefined || !ts.isNamedExports(clause)) {
      faults.push(place(statement));
      continue;
    }
    for (const { isTypeOnly, name } of clause.elements) {
      names.push(`${isTypeOnly || statement.isTypeOnly ? 'type ' : ''}${name.text}`);
    }
  }
  return { names: names.sort(), faults };
}

describe('the public API', () => {
  it.each(libs)('of libs/%s is an explicit list of names, and only a decision changes it', (lib) => {
    const { names, faults } = exportsOf(entry(lib, 'index'));
    expect(faults).toEqual([]);
    expect(names).toMatchSnapshot();
  });

  it('is the one file called index.ts of a package', () => {
    const others = sources('libs', 'apps').filter((path) => path.split('/').slice(2).join('/') !== 'src/index.ts');
    expect(others.filter((path) => path.endsWith('/index.ts'))).toEqual([]);
  });

  it('is never imported by its own library', () => {
    const own = libs.flatMap((lib) =>
      shipped(lib).flatMap((path) =>
        importsOf(path).filter(
          ({ specifier }) =>
            specifier === packageOf(lib) || /^\.{1,2}\/(?:.*\/)?(?:index|internal)\.js$/.test(specifier),
        ),
      ),
    );
    expect(own).toEqual([]);
  });
});

describe('the internal entry', () => {
  const internal = libs.filter((lib) => has(entry(lib, 'internal')));

  it.each(internal)('of libs/%s is an explicit list in which a sibling or a test uses every value', (lib) => {
    const { names, faults } = exportsOf(entry(lib, 'internal'));
    const used = new Set(
      sources('libs', 'test')
        .flatMap(importsOf)
        .filter(({ specifier }) => specifier === `${packageOf(lib)}/internal`)
        .flatMap((found) => found.names),
    );
    expect(faults).toEqual([]);
    expect(names.filter((name) => !name.startsWith('type ') && !used.has(name))).toEqual([]);
  });

  it.each(internal)('of libs/%s repeats nothing of the public one', (lib) => {
    const published = exportsOf(entry(lib, 'index')).names;
    expect(exportsOf(entry(lib, 'internal')).names.filter((name) => published.includes(name))).toEqual([]);
  });
});
