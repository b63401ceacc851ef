import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Absolute path of the repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Paths (from the root) of the TypeScript files below these folders, sorted. */
export function sources(...folders: string[]): string[] {
  return folders
    .flatMap((folder) => ts.sys.readDirectory(join(root, folder), ['.ts', '.mts'], ['**/dist', '**/node_modules']))
    .map((path) => relative(root, path))
    .sort();
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

export const readJson = <T>(path: string): T => JSON.parse(read(path)) as T;

export function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
}

/** Calls `visit` for every node of the file. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** Where something stands, as editors and terminals link it. */
export function place(node: ts.Node): string {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

export interface Import {
  readonly specifier: string;
  readonly names: readonly string[];
  /** Loaded by `import()`, or erased because only its types are used. */
  readonly lazy: boolean;
  readonly at: string;
}

/** Every import of a file: static, re-exporting, dynamic, and `import('…')` types. */
export function importsOf(path: string): Import[] {
  const found: Import[] = [];
  walk(parse(path), (node) => {
    const add = (specifier: ts.Node | undefined, names: readonly string[], lazy: boolean): void => {
      if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
      found.push({ specifier: specifier.text, names, lazy, at: place(node) });
    };
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const bindings = clause?.namedBindings;
      const names = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
      const imported = names.map((name) => (name.propertyName ?? name.name).text);
      add(node.moduleSpecifier, imported, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      const names = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : [];
      add(
        node.moduleSpecifier,
        names.map((name) => (name.propertyName ?? name.name).text),
        node.isTypeOnly,
      );
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], [], true);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, [], true);
    }
  });
  return found;
}
