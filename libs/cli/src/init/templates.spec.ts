import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOut } from './templates.js';

describe('a new application', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'nestanza-init-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has its name, the versions of this command, and no placeholder left', async () => {
    const shop = join(folder, 'shop');
    await layOut(shop, '1.2.3');
    expect(JSON.parse(await readFile(join(shop, 'package.json'), 'utf8'))).toMatchObject({
      name: 'shop',
      dependencies: { '@nestanza/bus': '1.2.3' },
      devDependencies: { nestanza: '1.2.3' },
    });
    const files = (await readdir(shop, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
    expect(texts.join('\n')).not.toContain('{{');
    expect(await readdir(shop)).toEqual(expect.arrayContaining(['.env.example', '.gitignore', 'README.md']));
  });

  it('is never laid over something else', async () => {
    await expect(layOut(folder, '1.2.3')).rejects.toMatchObject({ code: expect.stringMatching('NST_CLI_INIT_') });
    await expect(layOut(join(folder, 'shop'), '1.2.3')).rejects.toMatchObject({ code: 'NST_CLI_INIT_FOLDER' });
  });

  it('has the name of a package', async () => {
    await expect(layOut(join(folder, 'My Shop'), '1.2.3')).rejects.toMatchObject({ code: 'NST_CLI_INIT_NAME' });
  });
});
