import { describe, expect, it } from '@jest/globals';
import { readWords } from './words.js';

describe('an order in words', () => {
  it('names quantities and goods', () => {
    expect(readWords('order 2 TEA-01')).toEqual([{ sku: 'TEA-01', quantity: 2 }]);
    expect(readWords('  Order 2 x tea-01, 1 CUP-02 and 3 × POT-03 ')).toEqual([
      { sku: 'TEA-01', quantity: 2 },
      { sku: 'CUP-02', quantity: 1 },
      { sku: 'POT-03', quantity: 3 },
    ]);
  });

  it('is nothing else', () => {
    for (const sentence of [
      '',
      'hello',
      'order',
      'order TEA-01',
      'order two TEA-01',
      'order 2 TEA-01, and',
      'reorder 2 TEA-01',
    ]) {
      expect(readWords(sentence)).toBeUndefined();
    }
  });
});
