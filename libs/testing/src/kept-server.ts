import type { Database } from '@nestanza/postgres';
import { openTestServer } from '@nestanza/postgres/internal';

let kept: Database | undefined;

/** The server of the test databases runs until `releaseServer`. Idempotent. */
export async function keepServer(): Promise<void> {
  kept ??= await openTestServer();
}

/** Gives back what `keepServer` has opened; the server ends with the last process that uses it. Idempotent. */
export async function releaseServer(): Promise<void> {
  const server = kept;
  kept = undefined;
  await server?.close();
}
