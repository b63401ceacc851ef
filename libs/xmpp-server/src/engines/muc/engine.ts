import { errorText } from '@nestanza/core';
import { Jid, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, StanzaError, type Element } from '@nestanza/xmpp';
import { errorOf } from '../../replies.js';
import type { RoomStore } from '../../store/room.store.js';
import { TaskQueue } from '../../task-queue.js';
import type { ServiceEngine, ServiceHost } from '../service-host.js';
import { takePresence } from './enter.js';
import { takeMessage } from './messages.js';
import { NS_MUC_ADMIN, NS_MUC_OWNER } from './names.js';
import { dismiss } from './presence-out.js';
import { takeIq } from './requests.js';
import { DEFAULT_ROOM_LIMITS, RoomService, type RoomLimits, type Visit } from './room-service.js';

const PAYLOADS = [NS_DISCO_INFO, NS_DISCO_ITEMS, NS_MUC_ADMIN, NS_MUC_OWNER].map((xmlns) => ({ name: 'query', xmlns }));

export interface RoomEngineOptions {
  readonly host: ServiceHost;
  readonly store: RoomStore;
  readonly limits?: Partial<RoomLimits>;
}

/**
 * XEP-0045: Multi-User Chat, https://xmpp.org/extensions/xep-0045.html, version 1.35.5, as a service engine. Stanzas for a
 * room are handled one after the other. The engine is the only writer of its store.
 */
export class RoomEngine implements ServiceEngine {
  readonly payloads = [...PAYLOADS, { name: 'ping', xmlns: NS_PING }];
  readonly #service: RoomService;
  readonly #turns = new TaskQueue();
  #pending = 0;

  constructor({ host, store, limits }: RoomEngineOptions) {
    this.#service = new RoomService({ host, store, limits: { ...DEFAULT_ROOM_LIMITS, ...limits } });
  }

  handle(stanza: Element): void {
    if (this.#pending >= this.#service.limits.pending)
      return this.#refuse(stanza, new StanzaError('resource-constraint'));
    const from = Jid.parse(stanza.attr('from') ?? '');
    const to = Jid.parse(stanza.attr('to') ?? '');
    void this.#turn(to.local, () => this.#take({ stanza, from, to }));
  }

  sessionEnded(jid: Jid): void {
    for (const { name } of this.#service.loaded().filter((room) => room.occupant(jid) !== undefined)) {
      void this.#turn(name, async () => this.#dropped(name, jid));
    }
  }

  async accountDeleted(bare: string): Promise<void> {
    await this.#service.store.forget(bare);
    for (const room of this.#service.loaded()) room.affiliate(bare, 'none');
  }

  idle(): Promise<void> {
    return this.#turns.idle();
  }

  async #turn(room: string, task: () => Promise<void>): Promise<void> {
    this.#pending += 1;
    try {
      await this.#turns.run(room, task);
    } finally {
      this.#pending -= 1;
    }
  }

  async #take(visit: Visit): Promise<void> {
    const { stanza } = visit;
    try {
      if (stanza.name === 'iq') await takeIq(this.#service, visit);
      else if (visit.to.local === '') this.#toService(stanza);
      else if (stanza.name === 'presence') await takePresence(this.#service, visit);
      else await takeMessage(this.#service, visit);
    } catch (error) {
      if (error instanceof StanzaError) return this.#refuse(stanza, error);
      const facts = { error: errorText(error), id: stanza.attr('id'), from: stanza.attr('from') };
      this.#service.host.log.error('room request failed', facts);
      this.#refuse(stanza, new StanzaError('internal-server-error', { type: 'wait' }));
    }
  }

  /** The service itself takes no messages, and presence means nothing to it. */
  #toService(stanza: Element): void {
    if (stanza.name === 'message') this.#refuse(stanza, new StanzaError('service-unavailable'));
  }

  /** The session is gone without a word. */
  async #dropped(name: string, jid: Jid): Promise<void> {
    const room = await this.#service.find(name);
    const occupant = room?.occupant(jid);
    if (room !== undefined && occupant !== undefined) dismiss(this.#service, room, { occupant, statuses: [333] });
  }

  #refuse(stanza: Element, error: StanzaError): void {
    const reply = errorOf(stanza, error);
    if (reply !== undefined) this.#service.host.send(reply);
  }
}
