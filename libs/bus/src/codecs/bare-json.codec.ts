import type { Codec } from '../codec.js';
import { isJsonContainer, parseJson } from './json-container.js';
import { bareMessage } from './bare-message.js';

/** Any JSON in a container that is no CloudEvent: the value is the body. */
export const bareJson: Codec = {
  decode: (payload, origin) => (isJsonContainer(payload) ? bareMessage(origin, parseJson(payload.text)) : undefined),
};
