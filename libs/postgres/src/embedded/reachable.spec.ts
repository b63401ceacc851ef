import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isReachable } from './reachable.js';

describe('a directory is reachable', () => {
  const stranger = { uid: 54_321, gid: 54_321 };
  let home: string;
  let inner: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'nestanza-reach-'));
    inner = join(home, 'a', 'b');
    await mkdir(inner, { recursive: true });
    await chmod(home, 0o755);
  });
  afterEach(() => rm(home, { recursive: true }));

  it('when everybody may pass through all above it', async () => {
    await chmod(join(home, 'a'), 0o711);
    expect(await isReachable(inner, stranger)).toBe(true);
  });

  it('not below one that is closed to the user', async () => {
    await chmod(home, 0o700);
    expect(await isReachable(inner, stranger)).toBe(false);
  });

  it('for its owner by the bits of the owner alone', async () => {
    const owner = { uid: process.getuid?.() ?? 0, gid: 54_321 };
    await chmod(inner, 0o077);
    expect(await isReachable(inner, owner)).toBe(false);
    await chmod(inner, 0o700);
    expect(await isReachable(inner, owner)).toBe(true);
  });
});
