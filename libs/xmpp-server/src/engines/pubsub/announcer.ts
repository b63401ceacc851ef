import { uniqueId } from '@nestanza/core';
import { type Element, NS_PUBSUB_EVENT, xml } from '@nestanza/xmpp';
import type { ServiceHost } from '../service-host.js';
import type { Node } from './node.js';

/** Tells subscribers. Every event of a node leaves in the order of its changes. */
export class Announcer {
  readonly #host: ServiceHost;

  constructor(host: ServiceHost) {
    this.#host = host;
  }

  /** One message to each subscriber who may still receive; the event is built once for all. */
  announce(node: Node, event: Element): void {
    if (!node.config.deliverNotifications) return;
    for (const jid of node.subscribers()) if (node.mayReceive(jid)) this.tell(node, jid, [event]);
  }

  /** One message to one JID. @param content - the event, and what goes with it, e.g. a delay stamp */
  tell(node: Node, jid: string, content: readonly Element[]): void {
    const { notificationType: type } = node.config;
    this.#host.send(
      xml('message', { xmlns: 'jabber:client', from: this.#host.domain, to: jid, type, id: uniqueId() }, content),
    );
  }
}

/** `<event/>` around what happened (XEP-0060 §7.1.2 and others). */
export function event(...children: Element[]): Element {
  return xml('event', { xmlns: NS_PUBSUB_EVENT }, ...children);
}
