import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NestanzaError } from '@nestanza/core';

const TEMPLATE = fileURLToPath(new URL('../../templates/service/', import.meta.url));

/**
 * The folder exists and holds an application, which wants this version of Nestanza's packages.
 * @throws NestanzaError `NST_CLI_INIT_NAME` when its name cannot be a package's · `NST_CLI_INIT_FOLDER` when there is something in it
 */
export async function layOut(folder: string, version: string): Promise<void> {
  const name = basename(folder);
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name)) {
    throw new NestanzaError(
      'NST_CLI_INIT_NAME',
      `"${name}" cannot be a package: write lower-case letters, digits and dashes.`,
    );
  }
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new NestanzaError('NST_CLI_INIT_FOLDER', `${folder} is not empty. Name a folder that is new.`, {
      facts: { folder },
    });
  }
  await cp(TEMPLATE, folder, { recursive: true });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll('{{name}}', name).replaceAll('{{version}}', version));
    // npm leaves dot files out of packages, so templates carry them under another name.
    if (entry.name.startsWith('_')) await rename(path, join(entry.parentPath, `.${entry.name.slice(1)}`));
  }
}
