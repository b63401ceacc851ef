import { describe, expect, it } from '@jest/globals';
import { accountOf, readChannel } from './address.js';
import { readValue } from './value.js';

describe('a channel on the command line', () => {
  it('may leave out its kind', () => {
    expect(readChannel('orders/placed', 'pubsub')).toEqual(readChannel('pubsub:orders/placed', 'pubsub'));
    expect(() => readChannel('message:orders', 'pubsub')).toThrow('"message:orders" is a message channel');
  });

  it('is an address of the own domain, or the one it names', () => {
    expect(accountOf(readChannel('inventory.stock', 'rpc'), 'localhost')).toBe('inventory@localhost');
    expect(accountOf(readChannel('orders', 'message'), 'localhost')).toBe('orders@localhost');
    expect(accountOf(readChannel('message://bob@partner.example', 'message'), 'localhost')).toBe('bob@partner.example');
  });
});

describe('a value on the command line', () => {
  it('is JSON where it can be, else text', () => {
    expect(['2', '"2"', '{"a":1}', 'TEA-01', ''].map(readValue)).toEqual([2, '2', { a: 1 }, 'TEA-01', '']);
  });
});
