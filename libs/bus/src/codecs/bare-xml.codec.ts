import type { Codec } from '../codec.js';
import { bareMessage } from './bare-message.js';

/** Any other element, e.g. an Atom entry or a form: the element itself is the body. */
export const bareXml: Codec = {
  decode: (payload, origin) => bareMessage(origin, payload, 'application/xml'),
};
