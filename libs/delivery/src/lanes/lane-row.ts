/** A row of the inbox in memory. */
export interface LaneRow {
  readonly id: number;
  readonly lane: number;
  readonly key: string | undefined;
  readonly sender: string;
  readonly messageId: string;
  readonly envelope: string;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** How often a process died with this row in hand. */
  readonly deliveries: number;
  /** When it was taken in, milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Its next attempt lies in the future. */
  readonly later: boolean;
}

/** From this many deaths on a row runs alone. */
const SUSPECT_DELIVERIES = 2;

/** At this many deaths a row is dead-lettered without another run. */
export const POISON_DELIVERIES = 5;

/** True for a row that may have killed its process. */
export const isSuspect = (row: LaneRow): boolean => row.deliveries >= SUSPECT_DELIVERIES;
