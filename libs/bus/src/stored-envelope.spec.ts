import { describe, expect, it } from '@jest/globals';
import { Element, jsonElement, jsonText, xml } from '@nestanza/xmpp';
import { restore, store, storedItem } from './stored-envelope.js';

const options = { format: 'auto', type: 'order.placed.v1' } as const;
const item = (payload: Element | undefined, id = 'current', publisher: string | undefined = 'shop@localhost') => ({
  service: 'pubsub.localhost',
  node: 'orders/placed',
  id,
  payload,
  publisher,
});
const event = (id: string) =>
  jsonElement({ specversion: '1.0', id, source: 'xmpp:shop@localhost', type: 't', data: { a: 1 } });

describe('an item in the inbox', () => {
  it('is known by its publisher and id when it is a CloudEvent, whatever its item id', () => {
    const stored = store(item(event('e-1')), options);
    expect(stored).toMatchObject({ sender: 'shop@localhost', id: 'e-1', digest: '' });
    expect(restore(stored.envelope).read()).toMatchObject({ id: 'e-1', body: { a: 1 } });
    expect(storedItem(stored.envelope)).toBe('current');
  });

  it('is known by node, item id and content when it is bare', () => {
    const [a, b, again] = [1, 2, 1].map((value) => store(item(jsonElement({ value })), options));
    expect(a!.id).toBe(b!.id);
    expect(a!.digest).not.toBe(b!.digest);
    expect(again!.digest).toBe(a!.digest);
    expect(store(item(jsonElement({ value: 1 }), 'other'), options).id).not.toBe(a!.id);
  });

  it('comes from the service where no publisher is stamped', () => {
    expect(store({ ...item(event('1')), publisher: undefined }, options).sender).toBe('pubsub.localhost');
  });

  it('is ordered by its partitionkey, else by the key of the contract', () => {
    const key = (body: { a: number }) => `key-${body.a}`;
    expect(store(item(event('1')), { ...options, key }).key).toBe('key-1');
    const keyed = jsonElement({ specversion: '1.0', id: '1', source: 's', type: 't', partitionkey: 'own', data: {} });
    expect(store(item(keyed), { ...options, key }).key).toBe('own');
    expect(store(item(jsonElement(null)), { ...options, key }).key).toBeUndefined();
  });

  it('is kept as it came when it cannot be read, and refused with the reason when handled', () => {
    const stored = store(item(jsonText('{"a":')), options);
    expect(JSON.parse(stored.envelope)).toMatchObject({ payload: expect.stringContaining('{"a":') });
    expect(() => restore(stored.envelope).read()).toThrow(expect.objectContaining({ reject: 'NST_BUS_UNREADABLE' }));
    expect(() => restore(store(item(undefined), options).envelope).read()).toThrow(/no payload/);
  });

  it('gives an element back as an element', () => {
    const entry = xml('entry', { xmlns: 'http://www.w3.org/2005/Atom' }, xml('title', {}, 'A & B'));
    const { body } = restore(store(item(entry), options).envelope).read();
    expect(body).toBeInstanceOf(Element);
    expect((body as Element).childText('title')).toBe('A & B');
  });

  it('has no item id when it is no envelope', () => {
    expect(storedItem('{')).toBeUndefined();
    expect(storedItem('{"item":7}')).toBeUndefined();
  });
});
