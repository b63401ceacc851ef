import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

/** The settings of `.env` in this folder hold, where there is one; what the environment says already wins. */
export function readEnvironmentFile(path = '.env'): void {
  if (existsSync(path)) loadEnvFile(path);
}
