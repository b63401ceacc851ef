import { describe, expect, it } from '@jest/globals';
import { CANCELLED_BY_BANK, differences, SHIPPED } from './expectation.js';

describe('an expected outcome', () => {
  it('is met when status, notification, charges and report all agree', () => {
    expect(differences(SHIPPED, { status: 'shipped', published: 'shipped', charges: 1, operatorTold: false })).toEqual(
      [],
    );
  });

  it('says everything in which the outcome differs', () => {
    const outcome = { status: 'placed', published: undefined, charges: 2, operatorTold: false };
    expect(differences(CANCELLED_BY_BANK, outcome)).toEqual([
      'is placed, not cancelled',
      'was published as nothing',
      'was charged 2 times, not 0',
      'was not reported to the operator',
    ]);
  });
});
