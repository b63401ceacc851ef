import { describe, expect, it } from '@jest/globals';
import { readLogLine } from './log-line.js';

describe('a line that a service printed', () => {
  it('says which order it is about', () => {
    const line = '{"level":"log","pid":7,"message":"reserved 2 × TEA-01","context":"Shelf","params":{"orderId":"o-1"}}';
    expect(readLogLine(line)).toEqual({
      level: 'log',
      message: 'reserved 2 × TEA-01',
      context: 'Shelf',
      facts: '',
      orderId: 'o-1',
    });
  });

  it('keeps the stack of an error with its message', () => {
    expect(readLogLine('{"level":"error","message":"no","stack":"Error: no\\n  at x"}').message).toBe(
      'no\nError: no\n  at x',
    );
  });

  it('carries its other facts in words', () => {
    const line = '{"level":"warn","message":"step failed","params":{"step":"charge#0","attempt":2,"orderId":"o-1"}}';
    expect(readLogLine(line)).toMatchObject({ orderId: 'o-1', facts: 'step=charge#0 attempt=2' });
  });

  it('may be any text', () => {
    expect(readLogLine('{ half').message).toBe('{ half');
    expect(readLogLine('Segmentation fault')).toEqual({
      level: 'info',
      message: 'Segmentation fault',
      context: undefined,
      facts: '',
      orderId: undefined,
    });
  });
});
