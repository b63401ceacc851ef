import { findForm, Jid, NS_RSM, readRsmRequest, StanzaError, xml, type Element } from '@nestanza/xmpp';
import { MAM } from './archive-preferences.js';
import { dataForm } from './engines/data-form.js';
import type { ArchivePage, ArchiveQuery } from './store/archive.store.js';

/** Messages of one page (§4.3): what a client gets that asks for more, or names no number. */
const PAGE = 100;

/** The fields that a query may have (§4.1.5). */
export function archiveForm(): Element {
  const field = (name: string) => ({ name, type: 'text-single' as const, value: undefined });
  return xml('query', { xmlns: MAM }, dataForm('form', MAM, ['with', 'start', 'end'].map(field)));
}

/** @throws StanzaError `feature-not-implemented` for a field or paging that is not known · `bad-request` for a wrong value */
export function readArchiveQuery(query: Element): ArchiveQuery {
  const set = query.child('set', NS_RSM);
  if (set?.child('index') !== undefined) throw new StanzaError('feature-not-implemented');
  const page = readRsmRequest(query);
  const before = set?.childText('before');
  const after = set?.childText('after');
  return {
    ...filterOf(query),
    ...(after !== undefined && { after }),
    ...(before !== undefined && (before === '' ? { newest: true } : { before })),
    max: Math.min(page?.max ?? PAGE, PAGE),
  };
}

function filterOf(query: Element): Omit<ArchiveQuery, 'max'> {
  const form = findForm(query, MAM);
  const filter: { -readonly [Name in keyof ArchiveQuery]?: ArchiveQuery[Name] } = {};
  for (const { var: name, values } of form?.fields ?? []) {
    const value = values[0] ?? '';
    switch (name) {
      case 'FORM_TYPE':
        break;
      case 'with': {
        const jid = parsed(value);
        filter.peer = jid.bare().toString();
        if (jid.resource !== '') filter.resource = jid.resource;
        break;
      }
      case 'start':
      case 'end':
        filter[name] = time(value);
        break;
      default:
        throw new StanzaError('feature-not-implemented', { text: `Unknown field ${name}` });
    }
  }
  return filter;
}

/** What ends a page (§4.3.2). */
export function finElement({ messages, complete, count }: ArchivePage): Element {
  const [first, last] = [messages[0], messages.at(-1)];
  return xml(
    'fin',
    { xmlns: MAM, complete: complete || undefined },
    xml(
      'set',
      { xmlns: NS_RSM },
      first !== undefined && xml('first', {}, first.id),
      last !== undefined && xml('last', {}, last.id),
      xml('count', {}, String(count)),
    ),
  );
}

function time(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new StanzaError('bad-request', { text: 'A time is written as XEP-0082 has it' });
  return at;
}

function parsed(text: string): Jid {
  try {
    return Jid.parse(text);
  } catch (cause) {
    throw new StanzaError('jid-malformed', { cause });
  }
}
