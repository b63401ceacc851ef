import type { Middleware } from '@nestanza/core';
import type { Exchange } from './exchange.js';

/** A step of a handler's pipeline, with what it does in words. */
export interface Step {
  readonly says: string;
  readonly run: Middleware<Exchange, unknown>;
}
