import { describe, expect, it } from '@jest/globals';
import { Screen } from './screen.js';

const line = {
  level: 'log',
  message: 'reserved 2 × TEA-01',
  context: 'Shelf',
  facts: '',
  orderId: '0193-aaaa-bbbbcccc',
};

function shown(...lines: Parameters<Screen['show']>[]): string {
  let text = '';
  let now = 0;
  const screen = new Screen({ write: (more) => (text += more), colours: false, now: () => now });
  for (const args of lines) {
    screen.show(...args);
    now += 900;
  }
  return text;
}

describe('the screen', () => {
  it('shows which service did what for which order', () => {
    expect(shown(['inventory', line])).toBe('inventory   bbbbcccc  reserved 2 × TEA-01\n');
  });

  it('leaves out what is about no order, unless it is a warning or an error', () => {
    expect(shown(['inventory', { ...line, orderId: undefined }])).toBe('');
    expect(shown(['monitor', { ...line, orderId: undefined, level: 'warn', message: 'billing is missing' }])).toBe(
      'monitor     billing is missing\n',
    );
  });

  it('adds the facts to a warning, and shows the same one at most every two seconds', () => {
    const warning = { ...line, orderId: undefined, level: 'warn', message: 'step failed', facts: 'step=charge#0' };
    const repeated = Array(4).fill(['orders', warning]) as Parameters<Screen['show']>[];
    expect(shown(...repeated)).toBe('orders      step failed  step=charge#0\n'.repeat(2));
  });
});
