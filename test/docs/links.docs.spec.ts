import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { read, readJson, root } from '../architecture/repository.js';
import { pages } from './blocks.js';

/** The anchor that a heading gets where Markdown is shown. */
const anchor = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

const anchors = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, text]) => anchor(text ?? ''));

/** Links of a page that lead nowhere in this repository. Addresses on the web are not followed. */
function broken(page: string): string[] {
  const prose = read(page).replace(/^```[^]*?^```/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = '', fragment] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return [link];
    return fragment !== undefined && !anchors(target).includes(fragment) ? [link] : [];
  });
}

describe('a page of the documentation', () => {
  it.each(pages())('%s has no link that leads nowhere', (page) => {
    expect(broken(page)).toEqual([]);
  });

  it.each(pages())('%s names only scripts that exist', (page) => {
    const { scripts } = readJson<{ scripts: Readonly<Record<string, string>> }>('package.json');
    const named = [...read(page).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
