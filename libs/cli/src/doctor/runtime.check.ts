import { access, constants, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Check, Finding } from './finding.js';

/** Oldest Node that everything runs on. */
const OLDEST = [20, 19] as const;

/** This Node is new enough, and the data directory can be written. */
export const runtimeCheck: Check = {
  name: 'data directory',
  async look() {
    const data = resolve(process.env['NESTANZA_DATA'] ?? '.nestanza');
    await mkdir(data, { recursive: true });
    await access(data, constants.W_OK);
    return [nodeFinding(process.versions.node), { check: 'data directory', ok: true, says: data }];
  },
  remedyFor: () => 'NESTANZA_DATA=<a directory that you may write>',
};

/** @param version - as `process.versions.node` has it */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (ok) return { check: 'node', ok, says: version };
  return { check: 'node', ok, says: `${version} is too old`, remedy: `install Node ${OLDEST.join('.')} or newer` };
}
