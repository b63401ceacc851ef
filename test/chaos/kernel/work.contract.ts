import 'reflect-metadata';
import { event } from '@nestanza/contracts';

/** What becomes of a message: handled, handled at the second attempt, or refused for good. */
export type Fate = 'done' | 'again' | 'refused';

export class Work {
  /** `<key>-<n>`, as the journal has it. */
  id!: string;
  key!: string;
  /** 1, 2, 3 … within the key. */
  n!: number;
  fate!: Fate;
}

/** One message in a hundred fails once, another is refused for good. */
export function fateOf(key: number, n: number): Fate {
  const lot = (key * 31 + n) % 100;
  if (lot === 50) return 'again';
  return lot === 75 ? 'refused' : 'done';
}

export const WorkToDo = event('pubsub:chaos/work', { type: 'chaos.work.v1', body: Work, key: ({ key }) => key });
