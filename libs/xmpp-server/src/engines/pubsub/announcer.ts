import { uniqueId } from '@nestanza/core';
import { xml, type Element } from '@nestanza/xmpp';
import type { ServiceHost } from '../service-host.js';
import { PUBSUB_EVENT } from './names.js';
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
    for (const jid of node.subscribers()) if (node.mayReceive(jid)) this.tell(node, jid, event);
  }

  /** One message to one JID. @param extra - further children of the message, e.g. a delay stamp */
  tell(node: Node, jid: string, event: Element, ...extra: Element[]): void {
    const { notificationType: type } = node.config;
    this.#host.send(
      xml('message', { xmlns: 'jabber:client', from: this.#host.domain, to: jid, type, id: uniqueId() }, event, extra),
    );
  }
}

/** `<event/>` around what happened (XEP-0060 §7.1.2 and others). */
export function event(...children: Element[]): Element {
  return xml('event', { xmlns: PUBSUB_EVENT }, ...children);
}
