import { describe, expect, it } from '@jest/globals';
import { clockFinding } from './database.check.js';
import { examine } from './finding.js';
import { nodeFinding } from './runtime.check.js';

describe('the doctor', () => {
  it('goes on after a look that failed, and says what to type for it', async () => {
    const ill = { name: 'ill', look: () => Promise.reject(new Error('gone')), remedyFor: () => 'start it' };
    const well = { name: 'well', look: () => Promise.resolve([]), remedyFor: () => '' };
    expect(await examine([ill, well])).toEqual([{ check: 'ill', ok: false, says: 'gone', remedy: 'start it' }]);
  });

  it('finds a clock that is off', () => {
    expect(clockFinding(-300)).toMatchObject({ ok: true });
    expect(clockFinding(90_000)).toMatchObject({ ok: false, says: expect.stringContaining('90000 ms behind') });
    expect(clockFinding(-90_000)).toMatchObject({ ok: false, remedy: 'timedatectl set-ntp true' });
  });

  it('finds a Node that is too old', () => {
    expect(['20.19.0', '22.1.0', '20.18.3', '18.20.0'].map((version) => nodeFinding(version).ok)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
