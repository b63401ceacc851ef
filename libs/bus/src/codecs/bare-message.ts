import type { Origin } from '../codec.js';
import { Message } from '../message.js';

/** A message whose attributes are made of where its payload came from: the same payload gives the same message. */
export function bareMessage(origin: Origin, body: unknown, datacontenttype = 'application/json'): Message {
  return Message.received(
    { specversion: '1.0', id: origin.id, source: `xmpp:${origin.sender}`, type: origin.type, datacontenttype },
    body,
  );
}
