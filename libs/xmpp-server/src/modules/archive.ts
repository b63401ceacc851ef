import { errorText, uniqueId } from '@nestanza/core';
import { delayElement, Jid, StanzaError, xml, type Element } from '@nestanza/xmpp';
import { parseElement, serialize } from '@nestanza/xmpp/internal';
import {
  ARCHIVE_ALL,
  archivesPeer,
  MAM,
  preferencesElement,
  readPreferences,
  type ArchivePreferences,
} from '../archive-preferences.js';
import { archiveForm, finElement, readArchiveQuery } from '../archive-query.js';
import { hasHint } from '../hints.js';
import type { ServerHost, ServerModule } from '../host.js';
import type { IqRequest } from '../iq-table.js';

const STABLE_ID = 'urn:xmpp:sid:0';
const FORWARD = 'urn:xmpp:forward:0';
const KEY = 'archive';

/**
 * XEP-0313: Message Archive Management, https://xmpp.org/extensions/xep-0313.html, version 1.1.3, with preferences
 * (XEP-0441) and stable ids (XEP-0359 0.7). An account is archived from the moment one of its clients first asks for
 * the archive or sets preferences: what only services exchange leaves no trace.
 */
export const archive: ServerModule = {
  name: 'archive',
  features: [STABLE_ID],
  accountFeatures: [MAM, STABLE_ID],
  setup(host) {
    const archives = new Archives(host);
    const kind = { at: 'own account', xmlns: MAM } as const;
    host.iq.answer({ ...kind, type: 'get', name: 'query' }, archiveForm);
    host.iq.answer({ ...kind, type: 'set', name: 'query' }, (request) => archives.query(request));
    host.iq.answer({ ...kind, type: 'get', name: 'prefs' }, async ({ to }) =>
      preferencesElement(await archives.wanted(to.local)),
    );
    host.iq.answer({ ...kind, type: 'set', name: 'prefs' }, async ({ to, payload }) => {
      const preferences = readPreferences(payload);
      await archives.set(to.local, preferences);
      return preferencesElement(preferences);
    });
    host.hooks.binding.on(({ account }) => archives.load(account));
    host.hooks.sessionEnded.on(({ session }) => archives.release(session.jid.local), 1);
    host.hooks.leaving.on(({ session, stanza }) => {
      const to = stanza.attr('to');
      const peer = to === undefined ? session.jid : Jid.parse(to);
      // A message to oneself is archived as it arrives.
      if (!peer.bare().equals(session.jid.bare())) archives.add(session.jid.local, peer, stanza);
      return false;
    }, 90);
    host.hooks.incoming.on((event) => {
      event.stanza = archives.receive(event.account, event.stanza);
    });
    host.hooks.storing.on(async (event) => {
      if (isStamped(event.stanza, host.account(event.account))) return;
      await archives.load(event.account);
      event.stanza = archives.receive(event.account, event.stanza);
      archives.release(event.account);
    });
  },
};

class Archives {
  readonly #host: ServerHost;
  /** Of the accounts that have sessions; `undefined` for one that nobody asked to archive. */
  readonly #preferences = new Map<string, ArchivePreferences | undefined>();

  constructor(host: ServerHost) {
    this.#host = host;
  }

  async load(account: string): Promise<void> {
    if (this.#preferences.has(account)) return;
    const stored = await this.#host.data.get(account, KEY);
    this.#preferences.set(account, stored === undefined ? undefined : (JSON.parse(stored) as ArchivePreferences));
  }

  release(account: string): void {
    if (this.#host.sessions.of(account).length === 0) this.#preferences.delete(account);
  }

  /** The account's preferences; asked for the first time, archiving begins. */
  async wanted(account: string): Promise<ArchivePreferences> {
    const present = this.#preferences.get(account);
    if (present === undefined) await this.set(account, ARCHIVE_ALL);
    return present ?? ARCHIVE_ALL;
  }

  async set(account: string, preferences: ArchivePreferences): Promise<void> {
    const value = JSON.stringify(preferences);
    const outcome = await this.#host.data.put(account, { key: KEY, value, limit: this.#host.limits.accountDocuments });
    if (outcome !== 'stored') throw new StanzaError('resource-constraint');
    this.#preferences.set(account, preferences);
  }

  /** Sends the page's messages, then answers what ends it (§4.2). */
  async query({ from, to, payload }: IqRequest): Promise<Element> {
    await this.wanted(to.local);
    const page = await this.#host.archive.page(to.local, readArchiveQuery(payload));
    if (page === undefined) throw new StanzaError('item-not-found'); // §4.3.1
    const session = this.#host.sessions.find(from.local, from.resource);
    const queryid = payload.attr('queryid');
    for (const { id, at, stanza } of page.messages) {
      const forwarded = xml('forwarded', { xmlns: FORWARD }, delayElement(new Date(at)), parseElement(stanza));
      const result = xml('result', { xmlns: MAM, queryid, id }, forwarded);
      const address = { from: to.bare().toString(), to: from.toString() };
      session?.send(xml('message', { xmlns: 'jabber:client', ...address }, result));
    }
    return finElement(page);
  }

  /** The message with its id in the archive (XEP-0359 §3), where it is archived. */
  receive(account: string, stanza: Element): Element {
    const id = this.add(account, Jid.parse(stanza.attr('from') ?? ''), stanza);
    if (id === undefined) return stanza;
    const by = this.#host.account(account).toString();
    return stanza.withChildren(...stanza.children, xml('stanza-id', { xmlns: STABLE_ID, by, id }));
  }

  /** Archives the message where the account wants it; storing goes on when this returns. @returns its id, if so */
  add(account: string, peer: Jid, stanza: Element): string | undefined {
    const preferences = this.#preferences.get(account);
    if (preferences === undefined || !isConversation(stanza)) return undefined;
    const bare = peer.bare().toString();
    if (!archivesPeer(preferences, bare)) return undefined;
    const message = {
      id: uniqueId(),
      peer: bare,
      resource: peer.resource,
      stanza: serialize(stanza),
      at: this.#host.clock.now(),
    };
    void this.#host.archive.add(account, message, this.#host.limits.archivedMessages).catch((error: unknown) => {
      this.#host.log.error('a message could not be archived', { account, id: message.id, error: errorText(error) });
    });
    return message.id;
  }
}

/** §5.1: what people say to each other; no groups, no news, no errors, and nothing that asks not to be kept. */
function isConversation(stanza: Element): boolean {
  if (stanza.name !== 'message') return false;
  const type = stanza.attr('type') ?? 'normal';
  if (type !== 'chat' && type !== 'normal') return false;
  if (hasHint(stanza, 'store')) return true;
  if (hasHint(stanza, 'no-store') || hasHint(stanza, 'no-permanent-store')) return false;
  return stanza.child('body') !== undefined;
}

function isStamped(stanza: Element, account: Jid): boolean {
  const by = account.toString();
  return stanza.elements('stanza-id', STABLE_ID).some((id) => id.attr('by') === by);
}
