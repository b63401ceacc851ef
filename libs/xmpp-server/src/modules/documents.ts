import { StanzaError, type Element } from '@nestanza/xmpp';
import { serialize } from '@nestanza/xmpp/internal';
import type { ServerHost } from '../host.js';

/**
 * Stores an account's document within its bounds; `undefined` removes it.
 * @throws StanzaError `not-acceptable` when it is too large · `resource-constraint` when there are too many
 */
export async function storeDocument(
  host: ServerHost,
  account: string,
  { key, element }: { readonly key: string; readonly element: Element | undefined },
): Promise<void> {
  const value = element && serialize(element);
  const { documentCharacters, accountDocuments: limit } = host.limits;
  if (value !== undefined && value.length > documentCharacters)
    throw new StanzaError('not-acceptable', { text: `${documentCharacters} characters at most` });
  const outcome = await host.data.put(account, { key, value, limit });
  if (outcome === 'full') throw new StanzaError('resource-constraint');
  if (outcome === 'unknown') throw new StanzaError('item-not-found');
}
