import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { readChatOrder } from './read-chat-order.js';

const tea = { sku: 'TEA-01', quantity: 2 };

describe('an order in a chat message', () => {
  it('in words is for the account that wrote it', () => {
    expect(readChatOrder('order 2 TEA-01', 'ada@localhost/phone')).toEqual({
      order: { customer: 'ada', lines: [tea] },
      faults: [],
    });
  });

  it('in JSON names its customer, and its id where it has one', () => {
    const json = { customer: 'bob', lines: [tea], orderId: 'o-1' };
    expect(readChatOrder(JSON.stringify(json), 'ada@localhost')?.order).toEqual(json);
    expect(readChatOrder(json, 'ada@localhost')?.order).toEqual(json);
  });

  it('is told every fault by field', () => {
    expect(readChatOrder('{"lines":[{"sku":"TEA-01","quantity":0}]}', 'ada@localhost')?.faults).toEqual([
      'lines.0.quantity must not be less than 1',
    ]);
    expect(readChatOrder('order 5000 TEA-01', 'ada@localhost')?.faults).toHaveLength(1);
  });

  it('is refused where no row could hold it', () => {
    expect(
      readChatOrder('{"customer":"a\\u0000","lines":[{"sku":"\\ud800","quantity":1}]}', 'ada@localhost')?.faults,
    ).toEqual(['customer must be plain text', 'lines.0.sku must be plain text']);
  });

  it('is none where it is small talk or broken JSON', () => {
    expect(readChatOrder('hello', 'ada@localhost')).toBeUndefined();
    expect(readChatOrder('{"customer":', 'ada@localhost')).toBeUndefined();
    expect(readChatOrder(42, 'ada@localhost')).toBeUndefined();
  });
});
