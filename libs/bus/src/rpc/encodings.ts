import type { CallEncoding } from './call-encoding.js';
import { jabberRpc } from './jabber-rpc.encoding.js';
import { native } from './native.encoding.js';

/** In the order in which a caller tries them. */
export const ENCODINGS: readonly CallEncoding[] = [native, jabberRpc];
