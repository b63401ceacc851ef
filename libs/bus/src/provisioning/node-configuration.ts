/** Node configuration forms, XEP-0060 §8.2 and §16.4.3 (`http://jabber.org/protocol/pubsub#node_config`). */
import { type Connection, iqGet, iqSet, StanzaError, xml, type Element } from '@nestanza/xmpp';
import type { NodePlace } from '../transport/pubsub.js';

const NS = 'http://jabber.org/protocol/pubsub';
const NS_OWNER = `${NS}#owner`;
const NS_FORM = 'jabber:x:data';
const FORM_TYPE = `${NS}#node_config`;

/** Field name without `pubsub#` → its first value. */
export type NodeFields = Readonly<Record<string, string>>;

/** §8.1.1. @returns false where the node existed already */
export async function createNode(connection: Connection, { service, node }: NodePlace): Promise<boolean> {
  try {
    await connection.request(iqSet({ to: service }, xml('pubsub', { xmlns: NS }, xml('create', { node }))));
    return true;
  } catch (error) {
    if (error instanceof StanzaError && error.condition === 'conflict') return false;
    throw error;
  }
}

/** §8.2.1: the configuration that the service has now. */
export async function readConfiguration(connection: Connection, { service, node }: NodePlace): Promise<NodeFields> {
  const query = xml('pubsub', { xmlns: NS_OWNER }, xml('configure', { node }));
  const answer = await connection.request(iqGet({ to: service }, query));
  const form = answer.child('pubsub', NS_OWNER)?.child('configure')?.child('x', NS_FORM);
  return Object.fromEntries((form?.elements('field') ?? []).flatMap(namedValue));
}

/** §8.2.4; fields that are not named keep their values. */
export async function writeConfiguration(
  connection: Connection,
  { service, node }: NodePlace,
  fields: NodeFields,
): Promise<void> {
  const form = xml(
    'x',
    { xmlns: NS_FORM, type: 'submit' },
    xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, FORM_TYPE)),
    ...Object.entries(fields).map(([name, value]) => xml('field', { var: `pubsub#${name}` }, xml('value', {}, value))),
  );
  const configure = xml('pubsub', { xmlns: NS_OWNER }, xml('configure', { node }, form));
  await connection.request(iqSet({ to: service }, configure));
}

function namedValue(field: Element): readonly [string, string][] {
  const name = field.attr('var');
  if (name === undefined || !name.startsWith('pubsub#')) return [];
  return [[name.slice('pubsub#'.length), field.childText('value') ?? '']];
}
