import { AsyncLocalStorage } from 'node:async_hooks';
import type { AttributeValue } from './attributes.js';
import type { Exchange } from './pipeline/exchange.js';

const storage = new AsyncLocalStorage<Exchange>();

/** Runs a handler's pipeline so that what it publishes carries on its message's conversation. */
export function running<T>(exchange: Exchange, work: () => Promise<T>): Promise<T> {
  return storage.run(exchange, work);
}

/** Attributes that a message sent now takes over from the one being handled; none outside a handler. */
export function inheritedAttributes(): Readonly<Record<string, AttributeValue | undefined>> {
  const message = storage.getStore()?.message;
  if (message === undefined) return {};
  const { id, correlationid = id, traceparent, tracestate } = message.attributes;
  return { correlationid, causationid: id, traceparent, tracestate };
}
