import type { Connection, RequestOptions } from '../../connection.js';
import { iqGet, iqSet } from '../../stanza/iq.js';
import { xml } from '../../xml/element.js';
import { findForm, submitForm, type DataForm, type FormValues } from '../xep-0004-forms.js';
import { isAffiliation, NODE_CONFIG, NS_PUBSUB, NS_PUBSUB_OWNER, type Affiliation, type NodeAddress } from './model.js';

/**
 * Creates a node (§8.1). Without configuration no `<configure/>` is sent: some services refuse an empty one.
 * @param options.config - field values such as `{ 'pubsub#max_items': 'max' }`
 * @throws StanzaError `conflict` where the node exists; `not-acceptable` and others for a configuration it refuses
 */
export async function createNode(
  connection: Connection,
  { service, node }: NodeAddress,
  { config, ...options }: RequestOptions & { readonly config?: FormValues } = {},
): Promise<void> {
  const configure = config !== undefined && xml('configure', {}, submitForm(NODE_CONFIG, config));
  const payload = xml('pubsub', { xmlns: NS_PUBSUB }, xml('create', { node }), configure);
  await connection.request(iqSet({ to: service }, payload), options);
}

/** The configuration of a node (§8.2). @throws StanzaError `forbidden`, `item-not-found`, … */
export async function readNodeConfig(
  connection: Connection,
  { service, node }: NodeAddress,
  options?: RequestOptions,
): Promise<DataForm> {
  const payload = xml('pubsub', { xmlns: NS_PUBSUB_OWNER }, xml('configure', { node }));
  const result = await connection.request(iqGet({ to: service }, payload), options);
  const configure = result.child('pubsub', NS_PUBSUB_OWNER)?.child('configure');
  return (configure && findForm(configure, NODE_CONFIG)) ?? { type: 'form', fields: [] };
}

/** Changes some fields of a node's configuration (§8.2.4); the others stay. */
export async function configureNode(
  connection: Connection,
  { service, node }: NodeAddress,
  { config, ...options }: RequestOptions & { readonly config: FormValues },
): Promise<void> {
  const payload = xml(
    'pubsub',
    { xmlns: NS_PUBSUB_OWNER },
    xml('configure', { node }, submitForm(NODE_CONFIG, config)),
  );
  await connection.request(iqSet({ to: service }, payload), options);
}

/** Deletes a node with its items and subscriptions (§8.4). */
export async function deleteNode(
  connection: Connection,
  { service, node }: NodeAddress,
  options?: RequestOptions,
): Promise<void> {
  const payload = xml('pubsub', { xmlns: NS_PUBSUB_OWNER }, xml('delete', { node }));
  await connection.request(iqSet({ to: service }, payload), options);
}

/** Deletes all items of a node (§8.5). */
export async function purgeNode(
  connection: Connection,
  { service, node }: NodeAddress,
  options?: RequestOptions,
): Promise<void> {
  const payload = xml('pubsub', { xmlns: NS_PUBSUB_OWNER }, xml('purge', { node }));
  await connection.request(iqSet({ to: service }, payload), options);
}

/** Affiliations of a node by bare JID (§8.9.1). */
export async function readAffiliations(
  connection: Connection,
  { service, node }: NodeAddress,
  options?: RequestOptions,
): Promise<ReadonlyMap<string, Affiliation>> {
  const payload = xml('pubsub', { xmlns: NS_PUBSUB_OWNER }, xml('affiliations', { node }));
  const result = await connection.request(iqGet({ to: service }, payload), options);
  const list = result.child('pubsub', NS_PUBSUB_OWNER)?.child('affiliations')?.elements('affiliation') ?? [];
  const entries = list.flatMap((entry): [string, Affiliation][] => {
    const [jid, affiliation] = [entry.attr('jid'), entry.attr('affiliation')];
    return jid !== undefined && isAffiliation(affiliation) ? [[jid, affiliation]] : [];
  });
  return new Map(entries);
}

/** Sets the affiliations of these bare JIDs; those of others stay (§8.9.2). */
export async function setAffiliations(
  connection: Connection,
  { service, node }: NodeAddress,
  { affiliations, ...options }: RequestOptions & { readonly affiliations: ReadonlyMap<string, Affiliation> },
): Promise<void> {
  const entries = [...affiliations].map(([jid, affiliation]) => xml('affiliation', { jid, affiliation }));
  const payload = xml('pubsub', { xmlns: NS_PUBSUB_OWNER }, xml('affiliations', { node }, entries));
  await connection.request(iqSet({ to: service }, payload), options);
}
