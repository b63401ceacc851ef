import { NestanzaError } from '@nestanza/core';

/** PostgreSQL's limits: NAMEDATALEN for a channel, NOTIFY_PAYLOAD_MAX_LENGTH for a payload, in bytes. */
const LIMITS = { channel: 63, payload: 7_999 } as const;

/**
 * The channel and payload of a notification, checked.
 * @throws NestanzaError `NST_POSTGRES_NOTIFICATION` when PostgreSQL would refuse it
 */
export function checkNotification(channel: string, payload: string): void {
  const bytes = { channel: Buffer.byteLength(channel), payload: Buffer.byteLength(payload) };
  if (bytes.channel > 0 && bytes.channel <= LIMITS.channel && bytes.payload <= LIMITS.payload) return;
  throw new NestanzaError(
    'NST_POSTGRES_NOTIFICATION',
    `A notification takes a channel of 1 to ${LIMITS.channel} bytes and a payload of at most ${LIMITS.payload}: got ${bytes.channel} and ${bytes.payload}.`,
    { facts: { channel: channel.slice(0, LIMITS.channel), payloadBytes: bytes.payload } },
  );
}
