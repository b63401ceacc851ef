import type { Element } from '../../xml/element.js';
import { readDelay } from '../xep-0203-delay.js';
import { NS_PUBSUB_EVENT, readItem, type PubsubItem } from './model.js';

interface NodeEvent {
  /**
   * `from` of the message, as it came. Anybody can send such a message: believe it only where this is the service one
   * subscribed at.
   */
  readonly service: string;
  readonly node: string;
}

/** What a service says about a node (§7.1.2, §7.2, §8.2.5, §8.4, §8.5). */
export type PubsubEvent =
  | (NodeEvent & {
      readonly kind: 'items';
      readonly items: readonly PubsubItem[];
      /** Ids; with some services also what fell off the end of the list. */
      readonly retracted: readonly string[];
      /** When it was published, where it comes late (§6.1.7: the last item on subscribing). */
      readonly delayed: Date | undefined;
    })
  | (NodeEvent & { readonly kind: 'configured' | 'deleted' | 'purged' });

/** The event in a message; `undefined` for any other message. */
export function readPubsubEvent(message: Element): PubsubEvent | undefined {
  if (message.name !== 'message' || message.attr('type') === 'error') return undefined;
  const content = message.child('event', NS_PUBSUB_EVENT)?.elements(undefined, NS_PUBSUB_EVENT)[0];
  const [service, node] = [message.attr('from'), content?.attr('node')];
  if (content === undefined || service === undefined || node === undefined) return undefined;
  switch (content.name) {
    case 'items':
      return {
        kind: 'items',
        service,
        node,
        items: content.elements('item').map(readItem),
        retracted: content.elements('retract').flatMap((retract) => retract.attr('id') ?? []),
        delayed: readDelay(message)?.stamp,
      };
    case 'configuration':
      return { kind: 'configured', service, node };
    case 'delete':
      return { kind: 'deleted', service, node };
    case 'purge':
      return { kind: 'purged', service, node };
    default:
      return undefined;
  }
}
