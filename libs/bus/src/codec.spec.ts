import { describe, expect, it } from '@jest/globals';
import { type Element, jsonElement, jsonText, xml } from '@nestanza/xmpp';
import { decode as decoded, type Origin } from './codec.js';
import type { ItemFormat } from './decorators/handler-declaration.js';
import { encodeCloudEvent, structuredElement } from './codecs/structured.codec.js';
import { Message } from './message.js';

const origin = { sender: 'ada@localhost', id: 'n1', type: 'orders.placed' };
const decode = (payload: Element | undefined, from: Origin, format?: ItemFormat) =>
  decoded(payload, from, format).message;
const cloudEvent = { specversion: '1.0', id: '1', source: '/sensor', type: 't', data: { a: 1 } };

describe('the codec of an element', () => {
  it('reads a container with a specversion as a CloudEvent, and any other JSON as bare', () => {
    expect(decode(jsonElement(cloudEvent), origin)).toMatchObject({ id: '1', source: '/sensor', body: { a: 1 } });
    expect(decode(jsonElement({ a: 1 }), origin)).toMatchObject({
      id: 'n1',
      source: 'xmpp:ada@localhost',
      body: { a: 1 },
    });
    expect(decode(jsonElement({ note: '"specversion"' }), origin).id).toBe('n1');
  });

  it('reads a body as text and anything else as the element', () => {
    expect(decode(xml('body', { xmlns: 'jabber:client' }, 'hello'), origin).body).toBe('hello');
    const entry = xml('entry', { xmlns: 'http://www.w3.org/2005/Atom' }, xml('title', {}, 'news'));
    expect(decode(entry, origin).body).toBe(entry);
  });

  it('holds to the format that a handler insists on', () => {
    expect(() => decode(jsonElement({ a: 1 }), origin, 'structured')).toThrow(/holds|expected|CloudEvent/);
    expect(decode(jsonElement(cloudEvent), origin, 'bare').body).toEqual(cloudEvent);
  });

  it.each([
    ['no JSON', jsonText('{"a":')],
    ['another version', jsonElement({ ...cloudEvent, specversion: '0.3' })],
    ['no id', jsonElement({ ...cloudEvent, id: '' })],
    ['a structured attribute', jsonElement({ ...cloudEvent, tenant: { a: 1 } })],
    ['a name with a capital', jsonElement({ ...cloudEvent, Tenant: 'x' })],
    ['no payload', undefined],
  ])('refuses %s as unreadable', (_, payload) => {
    expect(() => decode(payload, origin)).toThrow(expect.objectContaining({ reject: 'NST_BUS_UNREADABLE' }));
  });

  it('gives back what it wrote, binary bodies too', () => {
    const message = Message.create({ source: 'xmpp:a@b', type: 't', tenant: 'x' }, { deep: [1, { two: true }] });
    expect(decode(structuredElement(message), origin)).toEqual(message);
    const binary = message.withBody(Buffer.from([0, 255]));
    expect(decode(structuredElement(binary), origin).body).toEqual(Buffer.from([0, 255]));
    expect(JSON.parse(encodeCloudEvent(message))).toMatchObject({ correlationid: message.id, tenant: 'x' });
  });
});
