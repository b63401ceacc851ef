import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packageOf } from '../../config/lint/layers.js';
import { parse, read, root } from '../architecture/repository.js';
import type { Block } from './blocks.js';

const CANNOT_FIND_NAME = [2304, 2552, 18004, 2503];

function settings(): ts.CompilerOptions {
  const base = ts.parseConfigFileTextToJson('tsconfig.base.json', read('tsconfig.base.json')).config as object;
  const { options } = ts.parseJsonConfigFileContent(base, ts.sys, root);
  return { ...options, composite: false, noEmit: true, customConditions: ['@nestanza/source'] };
}

/** Names that a file exports by a list or a declaration. */
function exportedBy(path: string): string[] {
  return parse(path).statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      return statement.exportClause.elements.map(({ name }) => name.text);
    }
    if (!ts.canHaveModifiers(statement) || !ts.getModifiers(statement)?.length) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    }
    const named = ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement);
    return named && statement.name ? [statement.name.text] : [];
  });
}

/** Name → the module an example may take it from: the samples first, then the libraries, then Nest and TypeORM. */
function wellKnown(): Map<string, string> {
  const names = new Map<string, string>();
  const add = (module: string, exported: readonly string[]): void =>
    exported.forEach((name) => names.has(name) || names.set(name, module));
  add('./samples.js', exportedBy('test/docs/samples.ts'));
  for (const lib of readdirSync(join(root, 'libs'))) add(packageOf(lib), exportedBy(`libs/${lib}/src/index.ts`));
  add('@nestjs/common', ['Module', 'Injectable', 'Controller', 'Inject', 'Logger']);
  add('@nestjs/core', ['NestFactory']);
  add('@nestjs/config', ['ConfigService']);
  add('@jest/globals', ['expect']);
  add('@nestjs/typeorm', ['TypeOrmModule']);
  add('typeorm', ['EntityManager', 'DataSource', 'Entity', 'Column', 'PrimaryColumn']);
  return names;
}

/** One program over texts that exist in memory only, beside samples.ts. */
function faultsOf(texts: ReadonlyMap<string, string>): Map<string, readonly ts.Diagnostic[]> {
  const options = settings();
  const host = ts.createCompilerHost(options, true);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile.call(host, path, version, ...rest)
      : ts.createSourceFile(path, text, version, true);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return new Map(
    [...texts.keys()].map((path) => {
      const file = program.getSourceFile(path)!;
      return [path, [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]];
    }),
  );
}

const describeFault = (fault: ts.Diagnostic): string =>
  `TS${fault.code} ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`;

/** An example may show members of a class by themselves. */
function asModule(code: string): string {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const broken = (file as unknown as { readonly parseDiagnostics: readonly unknown[] }).parseDiagnostics.length > 0;
  return `${broken ? `export class Example {\n${code}\n}` : code}\nexport {};\n`;
}

/** What the compiler says of each block, by its place; empty: it compiles. */
export function compileBlocks(blocks: readonly Block[]): Map<string, readonly string[]> {
  const pathOf = new Map(blocks.map((block, index) => [block, join(root, 'test/docs', `block-${index}.ts`)]));
  const text = new Map(blocks.map((block) => [pathOf.get(block)!, asModule(block.code)]));
  const first = faultsOf(text);
  const known = wellKnown();
  for (const block of blocks.filter(({ assumes }) => assumes)) {
    const path = pathOf.get(block)!;
    const source = block.at.replace(/:\d+$/, '');
    const own = source.endsWith('.ts') ? exportedBy(source) : [];
    const from = (name: string): string | undefined =>
      known.get(name) ?? (own.includes(name) ? `../../${source.replace(/\.ts$/, '.js')}` : undefined);
    const missing = first
      .get(path)!
      .filter(({ code }) => CANNOT_FIND_NAME.includes(code))
      .map((fault) => /'([^']+)'/.exec(describeFault(fault))?.[1] ?? '')
      .filter((name) => from(name) !== undefined);
    const imports = [...new Set(missing)].map((name) => `import { ${name} } from '${from(name)}';\n`);
    text.set(path, imports.join('') + text.get(path)!);
  }
  const second = faultsOf(text);
  // A body that is left out returns nothing; a type imported without `type` is the reader's to decide.
  const ignored = [2355, 1484];
  return new Map(
    blocks.map((block) => [
      block.at,
      second
        .get(pathOf.get(block)!)!
        .filter(({ code }) => !(block.assumes && ignored.includes(code)))
        .map(describeFault),
    ]),
  );
}
