import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { read, root, sources } from '../architecture/repository.js';

/** A piece of TypeScript that a reader may copy. */
export interface Block {
  /** `README.md:41`. */
  readonly at: string;
  readonly code: string;
  /** Whether names it does not import are taken from the samples and the libraries. */
  readonly assumes: boolean;
}

/** Every page of documentation, from the root. */
export function pages(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);
  const packages = ['libs', 'apps'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => `${kind}/${name}`));
  const readmes = packages.filter((path) => ts.sys.fileExists(join(root, path, 'README.md')));
  return [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...below('docs').filter((name) => name.endsWith('.md')),
    ...readmes.map((path) => `${path}/README.md`),
  ].sort();
}

/** The fenced `ts` blocks of a page. The front page's stand alone, since people paste them. */
function fenced(page: string): Block[] {
  const blocks: Block[] = [];
  const text = read(page);
  for (const match of text.matchAll(/^```(?:ts|typescript)\n([^]*?)^```/gm)) {
    const line = text.slice(0, match.index).split('\n').length + 1;
    blocks.push({ at: `${page}:${line}`, code: match[1] ?? '', assumes: page !== 'README.md' });
  }
  return blocks;
}

/** The `@example` blocks in the doc comments of a source file, with or without a fence. */
function examples(path: string): Block[] {
  const text = read(path);
  const blocks: Block[] = [];
  for (const comment of text.matchAll(/\/\*\*[^]*?\*\//g)) {
    const first = text.slice(0, comment.index).split('\n').length;
    const lines = comment[0]
      .slice(3, -2)
      .split('\n')
      .map((line) => line.replace(/^\s*\*( |$)/, ''));
    const tags = lines.flatMap((line, index) => (/^\s*@[a-z]+\b(?!\()/i.test(line) ? [index] : []));
    for (const from of tags.filter((index) => /^\s*@example\b/.test(lines[index] ?? ''))) {
      const fence = lines.findIndex((line, index) => index > from && line.startsWith('```'));
      const next = tags.find((index) => index > from && (fence === -1 || index < fence)) ?? lines.length;
      const end = fence === -1 ? next : lines.findIndex((line, index) => index > fence && line.startsWith('```'));
      const code = fence === -1 ? lines.slice(from, end) : lines.slice(fence + 1, end);
      blocks.push({
        at: `${path}:${first + from}`,
        code: code.join('\n').replace(/^\s*@example\s?/, ''),
        assumes: true,
      });
    }
  }
  return blocks;
}

export function blocks(): Block[] {
  const shipped = sources('libs').filter((path) => path.includes('/src/') && !path.endsWith('.spec.ts'));
  return [...pages().flatMap(fenced), ...shipped.flatMap(examples)];
}
