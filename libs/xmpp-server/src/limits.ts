import { milliseconds, type Duration } from '@nestanza/core';

/** Every bound of the server. What exceeds one is refused with the condition named beside it, never queued without end. */
export interface Limits {
  /** Open connections, authenticated or not. Beyond it a new one is closed at once. */
  readonly connections: number;
  /** Open connections of one remote address. Beyond it a new one is closed at once. */
  readonly connectionsPerAddress: number;
  /** Time a connection has to authenticate and bind, else stream error `connection-timeout`. */
  readonly negotiation: Duration;
  /** Bytes of one stanza, else stream error `policy-violation`. */
  readonly stanzaBytes: number;
  /** Resources of one account, else `resource-constraint` at bind. */
  readonly resourcesPerAccount: number;
  /** Bytes waiting for a reader that does not read, else the session ends with `resource-constraint`. */
  readonly sendQueueBytes: number;
  /** Stanzas of one session waiting for an earlier one's database work; at the bound its socket is not read. */
  readonly inboundQueue: number;
  /** Entries of one roster, else `resource-constraint`. */
  readonly rosterItems: number;
  /** Stored messages of one account, else `service-unavailable` to the sender (XEP-0160 §3). */
  readonly offlineMessages: number;
  /** Documents stored for one account (vCard, private storage, …), else `resource-constraint`. */
  readonly accountDocuments: number;
  /** Characters of one such document, else `not-acceptable`. */
  readonly documentCharacters: number;
  /** Messages kept in the archive of one account; the oldest go. */
  readonly archivedMessages: number;
  /** Entries of one block list, else `resource-constraint`. */
  readonly blockedAddresses: number;
  /** Addresses one session may have sent directed presence to; the oldest is forgotten. */
  readonly directedPresence: number;
}

export const DEFAULT_LIMITS: Limits = {
  connections: 10_000,
  connectionsPerAddress: 1_000,
  negotiation: '30s',
  stanzaBytes: 262_144,
  resourcesPerAccount: 64,
  sendQueueBytes: 16 * 1024 * 1024,
  inboundQueue: 64,
  rosterItems: 2_000,
  offlineMessages: 1_000,
  accountDocuments: 200,
  documentCharacters: 131_072,
  archivedMessages: 10_000,
  blockedAddresses: 1_000,
  directedPresence: 1_000,
};

/** The defaults with `overrides` over them. @throws NestanzaError `NST_CORE_DURATION` for a wrong duration */
export function limitsWith(overrides: Partial<Limits> = {}): Limits {
  const limits = { ...DEFAULT_LIMITS, ...overrides };
  milliseconds(limits.negotiation);
  return limits;
}
