import type { Kernel } from '@nestanza/postgres/internal';
import type { StoredRow } from '../inbox/stored-row.js';
import { REPLAY } from './dead-letter-statements.js';

/** Where a replayed message went, and the row it became. */
export interface Replayed extends StoredRow {
  readonly source: 'inbox' | 'outbox';
  readonly service: string;
  readonly group: number;
}

/** What replaces a message that is replayed edited. */
export interface Edit {
  readonly envelope: string;
  readonly messageId: string;
}

type RawReplayed = Omit<Replayed, 'group' | 'messageId'> & { readonly grp: number; readonly message_id: string };

/**
 * Puts a dead letter back to where it came from, in one transaction with its end: the message runs again from its first
 * attempt, once however often this is asked. `undefined`: it was gone already.
 */
export async function replayLetter(kernel: Kernel, letter: string, edit?: Edit): Promise<Replayed | undefined> {
  const values = [letter, edit?.envelope ?? null, edit?.messageId ?? null];
  const [raw] = await kernel.query<RawReplayed>(REPLAY, values);
  if (raw === undefined) return undefined;
  const { grp: group, message_id: messageId, ...same } = raw;
  return { ...same, group, messageId };
}
