import type { CallEncoding } from './call-encoding.js';
import { native } from './native.encoding.js';

/** In the order of preference for calls. */
export const ENCODINGS: readonly CallEncoding[] = [native];
