import { describe, expect, it } from '@jest/globals';
import { messageType, verdictFor, type MessageType, type Situation, type Verdict } from './delivery-table.js';

const TYPES: readonly MessageType[] = ['normal', 'chat', 'groupchat', 'headline', 'error'];

/** One row a line, one column a type, in the order of TYPES. */
const TABLE: readonly (readonly [Situation, 'bare' | 'unmatched full', ...Verdict[]])[] = [
  ['no-account', 'bare', 'silent', 'silent', 'error', 'silent', 'silent'],
  ['no-account', 'unmatched full', 'silent', 'silent', 'error', 'silent', 'silent'],
  ['nobody', 'bare', 'offline', 'offline', 'error', 'silent', 'silent'],
  ['nobody', 'unmatched full', 'offline', 'offline', 'error', 'silent', 'silent'],
  ['somebody', 'bare', 'best', 'best', 'error', 'all', 'silent'],
  ['somebody', 'unmatched full', 'best', 'best', 'error', 'silent', 'silent'],
];

describe('the delivery table of RFC 6121 §8.5.4, as deployed', () => {
  const cells = TABLE.flatMap(([situation, target, ...verdicts]) =>
    TYPES.map((type, column) => ({ situation, target, type, verdict: verdicts[column] })),
  );

  it.each(cells)('$situation, $target, $type: $verdict', ({ verdict, ...cell }) => {
    expect(verdictFor(cell)).toBe(verdict);
  });

  it('takes an unknown or missing type for normal', () => {
    expect([undefined, 'spam', 'chat'].map(messageType)).toEqual(['normal', 'normal', 'chat']);
  });
});
