import { createHash } from 'node:crypto';

/** Bytes that are the same for the same run and counter, and unlike any others. */
function digest(run: string, counter: number): Buffer {
  return createHash('sha256').update(`nestanza:workflow\n${run}\n${counter}`).digest();
}

/** A number in [0, 1) with 48 bits. */
export function derivedRandom(run: string, counter: number): number {
  return digest(run, counter).readUIntBE(0, 6) / 2 ** 48;
}

/** A UUID of version 8 (RFC 9562 section 5.8: made by the application's own rule). */
export function derivedUuid(run: string, counter: number): string {
  const hex = digest(run, counter).toString('hex');
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
