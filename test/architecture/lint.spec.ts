import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from './repository.js';

const run = promisify(execFile);

/** One violation a file: the rule that must catch it, and where the file stands. */
const violations: readonly (readonly [rule: string, path: string, text: string])[] = [
  ['no-floating-promises', 'libs/core/src/floating.ts', `export function f(): void { Promise.resolve(); }`],
  ['no-floating-promises', 'libs/core/src/floating.spec.ts', `export function f(): void { Promise.resolve(); }`],
  [
    'no-misused-promises',
    'libs/core/src/misused.ts',
    `export const f = (): void => [1].forEach(async () => { await Promise.resolve(); });`,
  ],
  [
    'switch-exhaustiveness-check',
    'libs/core/src/switch.ts',
    `export function f(x: 'a' | 'b'): number { switch (x) { case 'a': return 1; } return 2; }`,
  ],
  ['no-explicit-any', 'libs/core/src/any.ts', `export const f = (x: any): string => String(x);`],
  ['ban-ts-comment', 'libs/core/src/ignore.ts', `// @ts-ignore\nexport const x: number = 1;`],
  ['only-throw-error', 'libs/core/src/throw.ts', `export function f(): never { throw 'text'; }`],
  ['no-bitwise', 'libs/core/src/bits.ts', `export const x = (n: number): number => n | 1;`],
  ['no-console', 'libs/core/src/print.ts', `export const f = (): void => console.log(1);`],
  ['no-empty', 'libs/core/src/swallow.ts', `export function f(): void { try { JSON.parse(''); } catch {} }`],
  [
    'max-params',
    'libs/core/src/params.ts',
    `export const f = (a: number, b: number, c: number, d: number): number => a + b + c + d;`,
  ],
  ['max-lines', 'libs/core/src/long.ts', `export const x = 1;\n`.concat('// one more line\n'.repeat(400))],
  ['no-default-export', 'libs/core/src/default.ts', `export default 1;`],
  [
    'no-cycle',
    'libs/core/src/here.ts',
    `import { there } from './there.js';\nexport const here = (): unknown => there;`,
  ],
  [
    'no-cycle',
    'libs/core/src/there.ts',
    `import { here } from './here.js';\nexport const there = (): unknown => here;`,
  ],
  ['no-unused-vars', 'libs/core/src/unused.ts', `const x = 1;\nexport const y = 2;`],
  [
    'no-focused-tests',
    'libs/core/src/only.spec.ts',
    `import { it } from '@jest/globals';\nit.only('holds', () => undefined);`,
  ],
  [
    'no-disabled-tests',
    'libs/core/src/skip.spec.ts',
    `import { it } from '@jest/globals';\nit.skip('holds', () => undefined);`,
  ],
  ['no-restricted-imports', 'libs/core/src/up.ts', `export { Bus } from '@nestanza/bus';`],
  ['no-restricted-imports', 'libs/xmpp/src/up.spec.ts', `export { Bus } from '@nestanza/bus';`],
  ['no-restricted-imports', 'libs/core/src/nest.ts', `export { Module } from '@nestjs/common';`],
  ['no-restricted-imports', 'libs/xmpp-server/src/router.ts', `export { Module } from '@nestjs/common';`],
  ['no-restricted-imports', 'libs/bus/src/other.ts', `export type { XmppServer } from '@nestanza/xmpp-server';`],
  ['no-restricted-imports', 'libs/bus/src/deep.ts', `export { x } from '@nestanza/core/dist/clock.js';`],
  ['no-restricted-imports', 'libs/bus/src/across.spec.ts', `export { x } from '../../core/src/clock.js';`],
  ['no-restricted-imports', 'libs/delivery/src/lanes.ts', `export { Queue } from 'bullmq';`],
  ['no-restricted-imports', 'libs/delivery/src/bullmq/pg.ts', `export { Pool } from 'pg';`],
  ['no-restricted-imports', 'libs/bus/src/injector.ts', `export { x } from '@nestjs/core/injector/module.js';`],
  ['no-restricted-imports', 'apps/orders/src/inside.ts', `export { Kernel } from '@nestanza/postgres/internal';`],
];

/** What the same rules must let pass. */
const clean: readonly (readonly [path: string, text: string])[] = [
  ['libs/bus/src/link/embedded.ts', `export type { XmppServer } from '@nestanza/xmpp-server';`],
  [
    'libs/bus/src/bus.module.ts',
    `export { Module } from '@nestjs/common';\nexport { x } from '@nestanza/xmpp/internal';`,
  ],
  ['libs/xmpp-server/src/xmpp-server.module.ts', `export { Module } from '@nestjs/common';`],
  ['libs/delivery/src/bullmq/queue.ts', `export { Queue } from 'bullmq';`],
  ['libs/delivery/src/lanes/lane-hash.ts', `export const hash = (n: number): number => n >>> 1;`],
  ['libs/postgres/src/pool.ts', `export { Pool } from 'pg';`],
  ['libs/bus/src/bus.spec.ts', `export { startServer } from '@nestanza/xmpp-server';`],
  ['apps/orders/src/main.ts', `export { Bus } from '@nestanza/bus';\nconsole.log('listening');`],
];

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
}

let found: Map<string, string[]>;
let tree: string;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'nestanza-lint-'));
  const files = [...violations.map(([, path, text]) => [path, text] as const), ...clean];
  const compilerOptions = { module: 'nodenext', target: 'ES2023', strict: true, types: [] };
  await writeFile(join(tree, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['libs', 'apps'] }));
  await writeFile(join(tree, 'package.json'), JSON.stringify({ type: 'module' }));
  for (const [path, text] of files) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), `${text}\n`);
  }
  const config = ['-c', join(root, 'config/lint/oxlint.config.js'), '--type-aware', '--format=json'];
  const report = await run(join(root, 'node_modules/.bin/oxlint'), [...config, '.'], { cwd: tree }).then(
    ({ stdout }) => stdout,
    (failure: { stdout: string }) => failure.stdout,
  );
  found = new Map(files.map(([path]) => [path, []]));
  for (const { code, filename } of (JSON.parse(report) as Report).diagnostics) {
    found.get(filename)?.push(/\((.+)\)/.exec(code)?.[1] ?? code);
  }
});

afterAll(() => rm(tree, { recursive: true, force: true }));

describe('the lint rules', () => {
  it.each(violations)('catch with %s what stands in %s', (rule, path) => {
    expect(new Set(found.get(path))).toEqual(new Set([rule]));
  });

  it.each(clean)('let pass what stands in %s', (path) => {
    expect(found.get(path)).toEqual([]);
  });
});
