import type { Invocation } from '../handlers/handler-proxy.js';
import type { Exchange } from './exchange.js';

/** The last step: guards, interceptors, pipes and the handler itself. */
export function invokeStep(invoke: Invocation): (exchange: Exchange) => Promise<unknown> {
  return (exchange) => invoke(exchange.payload, exchange.context);
}
