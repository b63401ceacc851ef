import { withCallKeys } from '../call-key.js';
import type { DurableSubscription, HandlingScope, StoredMessage } from '../delivery.port.js';
import type { Handler } from '../handlers/handler.js';
import { running } from '../running-message.js';
import { settle } from '../outcome.js';
import { Exchange } from '../pipeline/exchange.js';
import type { Settlement } from '../settlement.js';
import { restore, store } from '../stored-envelope.js';

/** What delivery needs to know about a `@Subscribe` handler. */
export function durableSubscription(handler: Handler<'subscribe'>, group: string): DurableSubscription {
  const { declaration, channel, place } = handler;
  const { format = 'auto', transaction, dispatch, inflight, retry } = declaration.options;
  const type = declaration.contract?.type ?? channel.name.replaceAll('/', '.');
  const key = declaration.contract?.key?.bind(declaration.contract);
  return {
    channel,
    group,
    handler: place,
    type,
    options: { transaction, dispatch, inflight, retry },
    receive: (item) => store(item, { format, type, key }),
    handle: (message, scope) => handle(handler, message, scope),
  };
}

async function handle(
  handler: Handler<'subscribe'>,
  message: StoredMessage,
  scope: HandlingScope,
): Promise<Settlement> {
  try {
    const { origin, read } = restore(message.envelope);
    const exchange = new Exchange(read, {
      channel: handler.channel,
      sender: origin.service,
      publisher: origin.publisher,
      item: origin.item,
      attempt: message.attempt,
      signal: scope.signal,
      tx: scope.tx,
    });
    // A message handled again makes the same calls under the same keys.
    const result = await running(exchange, () => withCallKeys(message.id, () => handler.pipeline.run(exchange)));
    return { outcome: 'done', result };
  } catch (thrown) {
    return settle(thrown);
  }
}
