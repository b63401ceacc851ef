import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { duplexPair } from './duplex-pair.js';

describe('a duplex pair', () => {
  it('carries what is written at one end to the other, not within the write', async () => {
    const [one, other] = duplexPair();
    const heard: string[] = [];
    other.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
    one.write('a');
    expect(heard).toEqual([]);
    await once(other, 'data');
    expect(heard).toEqual(['a']);
  });

  it('makes a writer wait for a reader that does not read', async () => {
    const [one, other] = duplexPair();
    while (one.write('x'.repeat(10_000)));
    const held = one.writableLength;
    await new Promise((resolve) => setImmediate(resolve));
    expect(one.writableNeedDrain).toBe(true);
    expect(held).toBeLessThan(100_000);
    other.resume();
    await once(one, 'drain');
  });

  it('ends the other end when one ends', async () => {
    const [one, other] = duplexPair();
    other.setEncoding('utf8');
    const heard = Promise.all([once(other, 'data'), once(other, 'end')]);
    one.end('last');
    expect((await heard)[0]).toEqual(['last']);
  });

  it('closes the other end when one is destroyed, like a socket, without an error', async () => {
    const [one, other] = duplexPair();
    one.on('error', () => undefined);
    other.resume();
    const closed = Promise.all([once(other, 'end'), once(other, 'close')]);
    one.destroy(new Error('gone'));
    await closed;
    expect(other.errored).toBeNull();
  });

  it('fails a write to an end that is gone', async () => {
    const [one, other] = duplexPair();
    other.destroy();
    await once(other, 'close');
    one.write('x');
    await once(one, 'error');
  });
});
