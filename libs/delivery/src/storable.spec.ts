import { describe, expect, it } from '@jest/globals';
import { indexable, storable } from './storable.js';

describe('a text on its way into PostgreSQL', () => {
  it('loses what PostgreSQL refuses: NUL and lone surrogates, never a pair', () => {
    expect(storable('a\0b\uD800c😀')).toBe('a\uFFFDb\uFFFDc😀');
  });

  it('is cut to its limit', () => {
    expect(storable('abcdef', 4)).toBe('abc…');
  });

  it('that is too long for an index keeps its identity by a hash', () => {
    const long = 'x'.repeat(801);
    expect(indexable(long)).not.toBe(indexable(`${long}y`));
    expect(indexable(long)).toBe(indexable(long));
    expect(Buffer.byteLength(indexable('€'.repeat(2_000)))).toBeLessThan(800);
    expect(indexable('short')).toBe('short');
  });
});
