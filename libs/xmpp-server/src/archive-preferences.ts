import { Jid, StanzaError, xml, type Element } from '@nestanza/xmpp';

export const MAM = 'urn:xmpp:mam:2';

const MAX_EXCEPTIONS = 500;

/** XEP-0441: Message Archive Management Preferences, https://xmpp.org/extensions/xep-0441.html, version 0.2. */
export interface ArchivePreferences {
  readonly archives: 'always' | 'never';
  /** Bare JIDs that are archived whatever `archives` says, and those that never are. */
  readonly always: readonly string[];
  readonly never: readonly string[];
}

export const ARCHIVE_ALL: ArchivePreferences = { archives: 'always', always: [], never: [] };

export function archivesPeer({ archives, always, never }: ArchivePreferences, peer: string): boolean {
  if (never.includes(peer)) return false;
  return archives === 'always' || always.includes(peer);
}

export function preferencesElement({ archives, always, never }: ArchivePreferences): Element {
  const jids = (list: readonly string[]) => list.map((jid) => xml('jid', {}, jid));
  return xml(
    'prefs',
    { xmlns: MAM, default: archives },
    xml('always', {}, jids(always)),
    xml('never', {}, jids(never)),
  );
}

/** @throws StanzaError `feature-not-implemented` for the default `roster` · `bad-request` · `resource-constraint` */
export function readPreferences(prefs: Element): ArchivePreferences {
  const archives = prefs.attr('default');
  if (archives === 'roster') throw new StanzaError('feature-not-implemented');
  if (archives !== 'always' && archives !== 'never') throw new StanzaError('bad-request');
  return { archives, always: jidsOf(prefs, 'always'), never: jidsOf(prefs, 'never') };
}

function jidsOf(prefs: Element, name: string): readonly string[] {
  const jids = prefs.child(name)?.elements('jid') ?? [];
  if (jids.length > MAX_EXCEPTIONS) throw new StanzaError('resource-constraint');
  return jids.map(({ text }) => {
    try {
      return Jid.parse(text).bare().toString();
    } catch (cause) {
      throw new StanzaError('jid-malformed', { cause });
    }
  });
}
