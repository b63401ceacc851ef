import type { Codec } from '../codec.js';
import { bareMessage } from './bare-message.js';

/** A `<body/>` of an instant message: its text is the body. */
export const bareText: Codec = {
  name: 'bare text',
  accepts: (payload) => payload.is('body', 'jabber:client'),
  decode: (payload, origin) => bareMessage(origin, payload.text, 'text/plain'),
};
