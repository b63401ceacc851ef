import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): unique, and increasing within a process. */
export function uniqueId(): string {
  return v7();
}
