import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '@nestanza/core';

/** The file's text; `undefined` where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The file holds `text`, readable by its owner alone (0600, its directory 0700); a reader sees the old or the new text whole. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await rename(await temporary(path, text), path);
}

/** The file's text, which is `make()` where there was no file; however many processes call this at once, all get the same. */
export async function readOrCreatePrivate(path: string, make: () => string): Promise<string> {
  const present = await readIfThere(path);
  if (present !== undefined) return present;
  const text = make();
  const written = await temporary(path, text);
  try {
    await link(written, path);
    return text;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return await readFile(path, 'utf8');
  } finally {
    await rm(written, { force: true });
  }
}

async function temporary(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const name = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(name, text, { mode: 0o600, flag: 'wx' });
  return name;
}
