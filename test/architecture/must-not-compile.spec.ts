import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { read, root } from './repository.js';

const folder = 'test/architecture/must-not-compile';
const files = readdirSync(join(root, folder)).filter((name) => name !== 'contracts.ts');

/** `// error TS2345: part of the message` at the end of the line that must not compile. */
const MARK = /\/\/ error (TS\d+): (.+)$/;

interface Fault {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

function expected(name: string): Fault[] {
  return read(`${folder}/${name}`)
    .split('\n')
    .flatMap((text, index) => {
      const [, code, message] = MARK.exec(text) ?? [];
      return code && message ? [{ line: index + 1, code, message }] : [];
    });
}

let program: ts.Program;

/** What the compiler says of a file, in the settings of the libraries. */
function reported(name: string): Fault[] {
  const file = program.getSourceFile(join(root, folder, name))!;
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => ({
    line: file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line + 1,
    code: `TS${diagnostic.code}`,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
  }));
}

beforeAll(() => {
  const base = ts.parseConfigFileTextToJson('tsconfig.base.json', read('tsconfig.base.json')).config as object;
  const settings = ts.parseJsonConfigFileContent(base, ts.sys, root).options;
  program = ts.createProgram(
    files.map((name) => join(root, folder, name)),
    { ...settings, composite: false, noEmit: true, customConditions: ['@nestanza/source'] },
  );
}, 60_000);

describe('what contradicts a contract', () => {
  it.each(files)('does not compile in %s, and all else does', (name) => {
    const marks = expected(name);
    const faults = reported(name);
    const place = ({ line, code }: Fault): string => `${name}:${line} ${code}`;
    expect(marks.length).toBeGreaterThan(0);
    expect(faults.map(place)).toEqual(marks.map(place));
    faults.forEach((fault, index) => expect(fault.message).toContain(marks[index]!.message));
  });
});
