import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { parse, place, read, sources, walk } from './repository.js';

const CODE = /\bNST_[A-Z0-9]+(?:_[A-Z0-9]+)*\b/g;
const page = 'docs/errors.md';

const rows = read(page)
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const documented = rows.map(([code = '']) => code.replaceAll('`', ''));

const shipped = sources('libs', 'apps').filter((path) => path.includes('/src/') && !path.endsWith('.spec.ts'));

/** Codes in string literals of the shipped source, with one place each. */
function raised(): Map<string, string> {
  const codes = new Map<string, string>();
  for (const path of shipped) {
    walk(parse(path), (node) => {
      if (!ts.isStringLiteralLike(node)) return;
      for (const [code] of node.text.matchAll(CODE)) codes.set(code, place(node));
    });
  }
  return codes;
}

describe('docs/errors.md', () => {
  it('has a row for every code in the source', () => {
    expect([...raised()].filter(([code]) => !documented.includes(code))).toEqual([]);
  });

  it('has no row for a code that nothing raises', () => {
    const codes = raised();
    expect(documented.filter((code) => !codes.has(code))).toEqual([]);
  });

  it('covers every code that a doc comment or message promises', () => {
    const promised = shipped.flatMap((path) => [...read(path).matchAll(CODE)].map(([code]) => `${path} ${code}`));
    expect(promised.filter((entry) => !documented.includes(entry.split(' ')[1]!))).toEqual([]);
  });

  it('is sorted, names no code twice, and says in each row what it means and what to do', () => {
    expect(documented).toEqual([...new Set(documented)].sort());
    expect(rows.filter((row) => row.length !== 3 || row.some((cell) => cell === ''))).toEqual([]);
  });

  it('can be found by searching the source: no code is put together at run time', () => {
    const built: string[] = [];
    for (const path of shipped) {
      walk(parse(path), (node) => {
        if (ts.isTemplateExpression(node) && /NST_[A-Z0-9_]*$/.test(node.head.text)) built.push(place(node));
      });
    }
    expect(built).toEqual([]);
  });
});
