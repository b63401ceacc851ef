import { type Element, Jid, NS_PUBSUB, xml } from '@nestanza/xmpp';
import type { PubSubStore } from '../../store/pubsub.store.js';
import type { ServiceHost } from '../service-host.js';
import { Announcer } from './announcer.js';
import { Gates } from './gate.js';
import type { Node } from './node.js';
import type { NodeRegistry } from './node-registry.js';
import { refusal } from './refusals.js';

export interface PubSubLimits {
  readonly nodes: number;
  readonly subscriptionsPerNode: number;
  readonly affiliationsPerNode: number;
  /** Items of one reply. */
  readonly page: number;
  /** Characters of payload in one reply. */
  readonly pageCharacters: number;
  /** Requests under way at once; beyond it `resource-constraint`, type wait. */
  readonly pending: number;
}

export const DEFAULT_PUBSUB_LIMITS: PubSubLimits = {
  nodes: 100_000,
  subscriptionsPerNode: 10_000,
  affiliationsPerNode: 10_000,
  page: 500,
  pageCharacters: 200_000,
  pending: 10_000,
};

const MAX_ID_BYTES = 1_023;

/** A node or item id as it is: compared code unit by code unit, never normalised. @throws StanzaError `not-acceptable` above 1,023 bytes */
export function checkedId(id: string): string {
  if (Buffer.byteLength(id) > MAX_ID_BYTES)
    throw refusal('not-acceptable', undefined, `An id has ${MAX_ID_BYTES} bytes at most`);
  return id;
}

/** One request: an IQ whose payload holds `action`, with who asks. */
export interface Request {
  readonly iq: Element;
  readonly from: Jid;
  /** The IQ's payload: `<pubsub/>` or a disco query. */
  readonly payload: Element;
  /** First child of `<pubsub/>`; the payload itself for disco. */
  readonly action: Element;
}

/** Serves one kind of request; the returned element is the result's payload. Throws a `StanzaError` to refuse. */
export type Operation = (service: Service, request: Request) => Promise<Element | undefined>;

/** What operations share: one PubSub service at work. */
export class Service {
  readonly host: ServiceHost;
  readonly store: PubSubStore;
  readonly nodes: NodeRegistry;
  readonly limits: PubSubLimits;
  readonly announcer: Announcer;
  readonly gates = new Gates();

  constructor(parts: { host: ServiceHost; store: PubSubStore; nodes: NodeRegistry; limits: PubSubLimits }) {
    this.host = parts.host;
    this.store = parts.store;
    this.nodes = parts.nodes;
    this.limits = parts.limits;
    this.announcer = new Announcer(parts.host);
  }

  /** Runs `task` on an existing node, together with other shared tasks. @throws StanzaError `item-not-found` */
  shared<Result>(name: string, task: (node: Node) => Promise<Result>): Promise<Result> {
    return this.gates.shared(name, async () => task(await this.#existing(name)));
  }

  /** Runs `task` on an existing node, alone. @throws StanzaError `item-not-found` */
  exclusive<Result>(name: string, task: (node: Node) => Promise<Result>): Promise<Result> {
    return this.gates.exclusive(name, async () => task(await this.#existing(name)));
  }

  standing(node: Node, jid: Jid) {
    return node.standing(jid, this.host.isAdmin(jid));
  }

  async #existing(name: string): Promise<Node> {
    const node = await this.nodes.find(name);
    if (node === undefined) throw refusal('item-not-found');
    return node;
  }
}

/** The `node` attribute of a request. @throws StanzaError `bad-request` with `nodeid-required` */
export function nodeName(action: Element): string {
  const name = action.attr('node');
  if (name === undefined || name === '') throw refusal('bad-request', 'nodeid-required');
  return name;
}

/** A JID given as an attribute. @throws StanzaError `jid-malformed` */
export function parsedJid(text: string): Jid {
  try {
    return Jid.parse(text);
  } catch {
    throw refusal('jid-malformed');
  }
}

export function pubsub(...children: Parameters<Element['withChildren']>): Element {
  return xml('pubsub', { xmlns: NS_PUBSUB }, ...children);
}
