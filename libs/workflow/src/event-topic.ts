import type { EventContract } from '@nestanza/contracts';

/** Under which name the messages of a contract are kept for those who wait for them. */
export function topicOf(contract: Pick<EventContract, 'channel' | 'type'>): string {
  return `${contract.channel} ${contract.type}`;
}
