import { createHash } from 'node:crypto';

/** What a component proves its secret with: SHA-1 over stream id and secret, in lower-case hexadecimal (XEP-0114 §3). */
export function componentHandshake(streamId: string, secret: string): string {
  return createHash('sha1').update(streamId).update(secret).digest('hex');
}
