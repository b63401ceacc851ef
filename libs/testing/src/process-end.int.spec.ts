import { expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

jest.setTimeout(90_000);

const PROGRAM = fileURLToPath(new URL('../fixtures/one-world.mjs', import.meta.url));

const run = (...args: string[]) => promisify(execFile)(process.execPath, [PROGRAM, ...args], { timeout: 60_000 });

it('a process ends when its world is closed', async () => {
  expect((await run()).stdout).toBe('quiet and closed\n');
});

it('a process ends when its world could not be made, and what was started of it has ended', async () => {
  expect((await run('broken')).stdout).toBe('broken\n');
});
