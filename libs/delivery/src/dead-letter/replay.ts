import type { Kernel } from '@nestanza/postgres/internal';
import { REPLAY } from './dead-letter-statements.js';

/** Where a replayed message went, and whose lane that is. */
export interface Replayed {
  readonly source: 'inbox' | 'outbox';
  readonly grp: number;
  readonly lane: number;
  readonly owner: string | null;
}

/**
 * Puts a dead letter back to where it came from, in one transaction with its end: the message runs again from its first
 * attempt, once however often this is asked. `undefined`: it was gone already.
 */
export async function replayLetter(kernel: Kernel, letter: string): Promise<Replayed | undefined> {
  const [replayed] = await kernel.query<Replayed>(REPLAY, [letter]);
  return replayed;
}
