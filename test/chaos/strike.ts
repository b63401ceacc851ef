import { existsSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { onFaultPoint } from '@nestanza/core';

/*
 * Loaded into every process of the demo (NODE_OPTIONS=--import). A file named like a fault point arms it: the first
 * process that comes there removes the file and kills itself, at that very place. Removing a file succeeds once, so one
 * process dies.
 */
const armed = process.env['NESTANZA_CHAOS'];

if (armed !== undefined) {
  onFaultPoint((point) => {
    const file = join(armed, point);
    if (!existsSync(file)) return;
    try {
      unlinkSync(file);
    } catch {
      return; // another process was first
    }
    process.kill(process.pid, 'SIGKILL');
  });
}
