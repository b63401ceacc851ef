import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TestProcess } from '../support/child-process.js';
import { freePort } from '../support/free-port.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the service of the README', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nestanza-readme-'));
    await chmod(folder, 0o755); // as root the database runs as another user
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is 20 lines, and says hello when it is pasted into an empty project and started', async () => {
    const [, code = ''] = /^```ts\n([^]*?)^```/m.exec(await readFile(join(root, 'README.md'), 'utf8')) ?? [];
    expect(code.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(20);
    const compilerOptions = {
      ...{ target: 'ES2023', module: 'nodenext', strict: true, skipLibCheck: true, types: ['node'] },
      ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
    };
    await writeFile(join(folder, 'main.ts'), code);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);

    const service = new TestProcess(process.execPath, {
      args: ['main.js'],
      cwd: folder,
      env: {
        ...process.env,
        NESTANZA_DATA: join(folder, 'data'),
        NESTANZA_DATABASE: 'embedded',
        NESTANZA_XMPP: 'embedded',
        NESTANZA_XMPP_PORT: String(await freePort()),
      },
      log: join(folder, 'output.txt'),
    });
    try {
      await service.ready(async () => (await service.output()).includes('Hello, world!') || undefined, 60_000);
    } finally {
      expect(await service.stop()).toBe(true);
    }
  }, 120_000);
});
