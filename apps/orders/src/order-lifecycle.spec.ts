import { describe, expect, it } from '@jest/globals';
import { canBecome, isFinal } from './order-lifecycle.js';

describe('the life of an order', () => {
  it('leads from placed over reserved and charged to shipped', () => {
    expect(canBecome('placed', 'reserved')).toBe(true);
    expect(canBecome('reserved', 'charged')).toBe(true);
    expect(canBecome('charged', 'shipped')).toBe(true);
  });

  it('cannot be cancelled once it is charged', () => {
    expect(canBecome('reserved', 'cancelled')).toBe(true);
    expect(canBecome('charged', 'cancelled')).toBe(false);
  });

  it('ends as shipped, cancelled or refused', () => {
    expect((['placed', 'reserved', 'charged', 'shipped', 'cancelled', 'refused'] as const).filter(isFinal)).toEqual([
      'shipped',
      'cancelled',
      'refused',
    ]);
  });

  it('is not refused after it began', () => {
    expect(canBecome('reserved', 'refused')).toBe(false);
    expect(canBecome('shipped', 'refused')).toBe(false);
  });
});
