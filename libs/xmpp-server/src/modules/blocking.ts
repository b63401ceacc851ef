import { uniqueId } from '@nestanza/core';
import { Jid, StanzaError, xml, type Element } from '@nestanza/xmpp';
import { BlockList } from '../block-list.js';
import type { ServerHost, ServerModule } from '../host.js';
import type { IqRequest } from '../iq-table.js';
import { errorOf } from '../replies.js';
import type { Session } from '../session.js';
import { hasFrom } from '../subscription-states.js';

const BLOCKING = 'urn:xmpp:blocking';
const ERRORS = 'urn:xmpp:blocking:errors';
const KEY = 'blocking';

/**
 * XEP-0191: Blocking Command, https://xmpp.org/extensions/xep-0191.html, version 1.3. Who is blocked sees an account that
 * is not there: messages and requests are refused as for nobody, presence stops in both directions.
 */
export const blocking: ServerModule = {
  name: 'blocking',
  features: [BLOCKING],
  setup(host) {
    const lists = new BlockLists(host);
    const kind = { at: 'own account', xmlns: BLOCKING } as const;
    const inTurn = (task: (request: IqRequest) => Promise<Element | undefined>) => (request: IqRequest) =>
      host.turns.run(request.to.local, () => task(request));
    host.iq.answer(
      { ...kind, type: 'get', name: 'blocklist' },
      inTurn((request) => lists.read(request)),
    );
    host.iq.answer(
      { ...kind, type: 'set', name: 'block' },
      inTurn((request) => lists.block(request)),
    );
    host.iq.answer(
      { ...kind, type: 'set', name: 'unblock' },
      inTurn((request) => lists.unblock(request)),
    );
    host.hooks.binding.on(async ({ account }) => void (await lists.load(account)));
    host.hooks.sessionEnded.on(({ session }) => lists.release(session.jid.local));
    host.hooks.leaving.on(({ session, stanza }) => lists.stopsLeaving(session, stanza), -10);
    host.hooks.arriving.on(({ account, stanza }) => lists.stopsArriving(account, stanza), -10);
    host.hooks.sharing.on(({ account, contact }) => lists.of(account).covers(Jid.parse(contact)));
    host.hooks.storing.on(async ({ account, stanza }) => {
      const list = await lists.load(account);
      if (list.covers(Jid.parse(stanza.attr('from') ?? ''))) throw new StanzaError('service-unavailable');
      lists.release(account);
    });
  },
};

const NOBODY = new BlockList();

class BlockLists {
  readonly #host: ServerHost;
  /** Of the accounts that have sessions. */
  readonly #lists = new Map<string, BlockList>();
  /** Sessions that asked for the list, and so hear of its changes (§3.3). */
  readonly #interested = new WeakSet<Session>();

  constructor(host: ServerHost) {
    this.#host = host;
  }

  of(account: string): BlockList {
    return this.#lists.get(account) ?? NOBODY;
  }

  async load(account: string): Promise<BlockList> {
    const known = this.#lists.get(account);
    if (known !== undefined) return known;
    const stored = await this.#host.data.get(account, KEY);
    const list = stored === undefined ? NOBODY : new BlockList(JSON.parse(stored) as string[]);
    this.#lists.set(account, list);
    return list;
  }

  /** Forgets the list of an account without sessions. */
  release(account: string): void {
    if (this.#host.sessions.of(account).length === 0) this.#lists.delete(account);
  }

  async read({ from, to }: IqRequest): Promise<Element> {
    const session = this.#host.sessions.find(from.local, from.resource);
    if (session !== undefined) this.#interested.add(session);
    const { addresses } = await this.load(to.local);
    return xml('blocklist', { xmlns: BLOCKING }, addresses.map(itemOf));
  }

  /** Only from the account's turn. */
  async block({ to, payload }: IqRequest): Promise<undefined> {
    const addresses = addressesOf(payload);
    if (addresses.length === 0) throw new StanzaError('bad-request'); // §3.3
    const before = await this.load(to.local);
    const after = before.with(addresses);
    if (after.size > this.#host.limits.blockedAddresses) throw new StanzaError('resource-constraint');
    await this.#tellContacts(to.local, { hides: true, changed: (jid) => !before.covers(jid) && after.covers(jid) });
    await this.#change(to.local, { list: after, push: xml('block', { xmlns: BLOCKING }, addresses.map(itemOf)) });
    return undefined;
  }

  /** Without items it unblocks everybody (§3.5). Only from the account's turn. */
  async unblock({ to, payload }: IqRequest): Promise<undefined> {
    const before = await this.load(to.local);
    const addresses = addressesOf(payload);
    const after = addresses.length === 0 ? NOBODY : before.without(addresses);
    await this.#change(to.local, { list: after, push: xml('unblock', { xmlns: BLOCKING }, addresses.map(itemOf)) });
    await this.#tellContacts(to.local, { hides: false, changed: (jid) => before.covers(jid) && !after.covers(jid) });
    return undefined;
  }

  /** §3.3: the user is told that it blocks whom it writes to. */
  stopsLeaving(session: Session, stanza: Element): boolean {
    const to = stanza.attr('to');
    const account = session.jid.local;
    if (to === undefined || !this.#covers(account, to)) return false;
    const refusal = new StanzaError('not-acceptable', { details: [xml('blocked', { xmlns: ERRORS })] });
    // Taking leave of somebody is always possible.
    if (stanza.name === 'presence') return stanza.attr('type') === undefined || stanza.attr('type') === 'probe';
    if (stanza.attr('type') === 'result' || stanza.attr('type') === 'error') return false;
    const reply = errorOf(stanza, refusal);
    if (reply !== undefined) session.send(reply);
    return true;
  }

  stopsArriving(account: string, stanza: Element): boolean {
    if (!this.#covers(account, stanza.attr('from') ?? '')) return false;
    if (stanza.name === 'presence') return true;
    const reply = errorOf(stanza, new StanzaError('service-unavailable'));
    if (reply !== undefined) this.#host.router.route(reply);
    return true;
  }

  /** Never oneself, nor the server: without it nothing could be unblocked. */
  #covers(account: string, other: string): boolean {
    const list = this.of(account);
    if (list.size === 0) return false;
    const jid = Jid.parse(other);
    const isServer = jid.local === '' && jid.domain === this.#host.domain;
    return !isServer && !jid.bare().equals(this.#host.account(account)) && list.covers(jid);
  }

  async #change(account: string, { list, push }: { readonly list: BlockList; readonly push: Element }): Promise<void> {
    const value = list.size === 0 ? undefined : JSON.stringify(list.addresses);
    const outcome = await this.#host.data.put(account, { key: KEY, value, limit: this.#host.limits.accountDocuments });
    if (outcome !== 'stored') throw new StanzaError('resource-constraint');
    this.#lists.set(account, list);
    for (const session of this.#host.sessions.of(account)) {
      if (!this.#interested.has(session)) continue;
      const to = session.jid.toString();
      session.send(xml('iq', { xmlns: 'jabber:client', type: 'set', id: uniqueId(), to }, push));
    }
  }

  /** §3.3, §3.5: contacts who see the account see it go, or come back. */
  async #tellContacts(
    account: string,
    { hides, changed }: { readonly hides: boolean; readonly changed: (jid: Jid) => boolean },
  ): Promise<void> {
    const { items } = await this.#host.rosters.open(account);
    for (const session of this.#host.sessions.available(account)) {
      const contacts = [...items.values()].filter(({ subscription }) => hasFrom(subscription)).map(({ jid }) => jid);
      const told = new Set([...contacts, ...(hides ? session.directed : [])]);
      const from = session.jid.toString();
      const gone = xml('presence', { xmlns: 'jabber:client', type: 'unavailable', from });
      for (const to of told) {
        if (changed(Jid.parse(to))) this.#host.router.route((hides ? gone : session.presence!).with({ to }));
      }
    }
  }
}

function addressesOf(payload: Element): string[] {
  return payload.elements('item', BLOCKING).map((item) => {
    try {
      return Jid.parse(item.attr('jid') ?? '').toString();
    } catch (cause) {
      throw new StanzaError('jid-malformed', { cause });
    }
  });
}

function itemOf(jid: string): Element {
  return xml('item', { jid });
}
