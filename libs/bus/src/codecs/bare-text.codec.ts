import type { Codec } from '../codec.js';
import { bareMessage } from './bare-message.js';

/** A `<body/>` of an instant message: its text is the body. */
export const bareText: Codec = {
  decode: (payload, origin) =>
    payload.is('body', 'jabber:client') ? bareMessage(origin, payload.text, 'text/plain') : undefined,
};
