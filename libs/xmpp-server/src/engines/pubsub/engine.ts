import { errorText } from '@nestanza/core';
import {
  type Element,
  Jid,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_PING,
  NS_PUBSUB,
  NS_PUBSUB_OWNER,
  resultReply,
  StanzaError,
} from '@nestanza/xmpp';
import type { PubSubStore } from '../../store/pubsub.store.js';
import { errorOf } from '../../replies.js';
import type { ServiceEngine, ServiceHost } from '../service-host.js';
import { contents, info } from './discovery.js';
import { items } from './items.js';
import * as memberships from './memberships.js';
import { NodeRegistry } from './node-registry.js';
import * as nodes from './nodes.js';
import { publish } from './publish.js';
import { purge, retract } from './retract.js';
import { unsupported } from './refusals.js';
import { DEFAULT_PUBSUB_LIMITS, Service, type Operation, type PubSubLimits } from './service.js';
import { subscribe, unsubscribe } from './subscribe.js';

/** Every request served: IQ type, namespace of its payload, name of the action in it. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [`get ${NS_DISCO_INFO} query`, info],
  [`get ${NS_DISCO_ITEMS} query`, contents],
  [`get ${NS_PING} ping`, async () => undefined],
  [`set ${NS_PUBSUB} create`, nodes.create],
  [`set ${NS_PUBSUB} publish`, publish],
  [`set ${NS_PUBSUB} retract`, retract],
  [`set ${NS_PUBSUB} subscribe`, subscribe],
  [`set ${NS_PUBSUB} unsubscribe`, unsubscribe],
  [`get ${NS_PUBSUB} items`, items],
  [`get ${NS_PUBSUB} subscriptions`, memberships.ownSubscriptions],
  [`get ${NS_PUBSUB} affiliations`, memberships.ownAffiliations],
  [`get ${NS_PUBSUB_OWNER} default`, nodes.defaultConfig],
  [`get ${NS_PUBSUB_OWNER} configure`, nodes.readConfig],
  [`set ${NS_PUBSUB_OWNER} configure`, nodes.writeConfig],
  [`set ${NS_PUBSUB_OWNER} delete`, nodes.remove],
  [`set ${NS_PUBSUB_OWNER} purge`, purge],
  [`get ${NS_PUBSUB_OWNER} affiliations`, memberships.readAffiliations],
  [`set ${NS_PUBSUB_OWNER} affiliations`, memberships.writeAffiliations],
  [`get ${NS_PUBSUB_OWNER} subscriptions`, memberships.readSubscriptions],
  [`set ${NS_PUBSUB_OWNER} subscriptions`, memberships.writeSubscriptions],
]);

/** The feature that an unserved action would belong to (XEP-0060 §6.1.3.11 and others). */
const MISSING_FEATURE: Readonly<Record<string, string>> = {
  options: 'subscription-options',
  default: 'retrieve-default-sub',
};

const PAYLOADS = [
  { name: 'query', xmlns: NS_DISCO_INFO },
  { name: 'query', xmlns: NS_DISCO_ITEMS },
  { name: 'ping', xmlns: NS_PING },
  { name: 'pubsub', xmlns: NS_PUBSUB },
  { name: 'pubsub', xmlns: NS_PUBSUB_OWNER },
];

export interface PubSubEngineOptions {
  readonly host: ServiceHost;
  readonly store: PubSubStore;
  readonly limits?: Partial<PubSubLimits>;
}

/**
 * XEP-0060: Publish-Subscribe, https://xmpp.org/extensions/xep-0060.html, version 1.30.0, as a service engine: leaf
 * nodes, one item a publish, one subscription a JID. The engine is the only writer of its store.
 */
export class PubSubEngine implements ServiceEngine {
  readonly payloads = PAYLOADS;
  readonly #service: Service;
  readonly #pending = new Set<Promise<void>>();

  constructor({ host, store, limits }: PubSubEngineOptions) {
    this.#service = new Service({
      host,
      store,
      nodes: new NodeRegistry(store),
      limits: { ...DEFAULT_PUBSUB_LIMITS, ...limits },
    });
  }

  /** @inheritdoc Messages and presence to the service mean nothing to it and are dropped. */
  handle(stanza: Element): void {
    const type = stanza.attr('type');
    if (stanza.name !== 'iq' || (type !== 'get' && type !== 'set')) return;
    if (this.#pending.size >= this.#service.limits.pending)
      return this.#refuse(stanza, new StanzaError('resource-constraint'));
    const answering = this.#answer(stanza);
    this.#pending.add(answering);
    void answering.finally(() => this.#pending.delete(answering));
  }

  sessionEnded(jid: Jid): void {
    this.#service.nodes.endSession(jid.toString());
  }

  async accountDeleted(bare: string): Promise<void> {
    await this.#service.store.forget(bare);
    for (const node of this.#service.nodes.loaded()) {
      node.affiliate(bare, 'none');
      for (const jid of node.subscriptionsOf(bare)) this.#service.nodes.unsubscribe(node, jid);
    }
  }

  async idle(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #answer(iq: Element): Promise<void> {
    try {
      this.#service.host.send(resultReply(iq, await this.#serve(iq)));
    } catch (error) {
      if (error instanceof StanzaError) return this.#refuse(iq, error);
      this.#service.host.log.error('pubsub request failed', {
        error: errorText(error),
        id: iq.attr('id'),
        from: iq.attr('from'),
      });
      this.#refuse(iq, new StanzaError('internal-server-error', { type: 'wait' }));
    }
  }

  async #serve(iq: Element): Promise<Element | undefined> {
    const from = Jid.parse(iq.attr('from') ?? '');
    const [payload] = iq.elements();
    if (payload === undefined) throw new StanzaError('bad-request');
    const isPubSub = payload.name === 'pubsub' && (payload.xmlns === NS_PUBSUB || payload.xmlns === NS_PUBSUB_OWNER);
    const action = isPubSub ? payload.elements().find((child) => child.xmlns === payload.xmlns) : payload;
    if (action === undefined) throw new StanzaError('bad-request');
    const operation = OPERATIONS.get(`${iq.attr('type')} ${payload.xmlns} ${action.name}`);
    if (operation !== undefined) return operation(this.#service, { iq, from, payload, action });
    if (!isPubSub) throw new StanzaError('service-unavailable');
    throw unsupported(MISSING_FEATURE[action.name] ?? action.name);
  }

  #refuse(stanza: Element, error: StanzaError): void {
    const reply = errorOf(stanza, error);
    if (reply !== undefined) this.#service.host.send(reply);
  }
}
