import { describe, expect, it } from '@jest/globals';
import { columns } from './output.js';

describe('rows on the terminal', () => {
  it('have their columns below each other, and no blanks at their ends', () => {
    expect(
      columns([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b']);
    expect(columns([])).toEqual([]);
  });
});
