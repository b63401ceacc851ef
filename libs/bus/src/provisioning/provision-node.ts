import { hasCode, type Log } from '@nestanza/core';
import {
  configureNode,
  type Connection,
  createNode,
  type NodeAddress,
  readNodeConfig,
  StanzaError,
} from '@nestanza/xmpp';
import type { NodeModel } from './owned-contract.js';

export interface NodeWishes {
  readonly publish: NodeModel;
  readonly access: NodeModel;
}

/** Field name → its value. */
type Fields = Readonly<Record<string, string>>;

/**
 * What a node needs so that nothing is lost or comes from nowhere: items are kept, as many as the service allows;
 * a new subscriber gets nothing by itself (catch-up asks); deletion shows; items name their publisher (XEP-0060
 * §16.4.3).
 */
function wanted({ publish, access }: NodeWishes): Fields {
  return {
    'pubsub#persist_items': '1',
    'pubsub#max_items': 'max',
    'pubsub#send_last_published_item': 'never',
    'pubsub#notify_delete': '1',
    'pubsub#notification_type': 'headline',
    'pubsub#itemreply': 'publisher',
    'pubsub#access_model': access === 'open' ? 'open' : 'whitelist',
    'pubsub#publish_model': publish === 'open' ? 'open' : 'publishers',
  };
}

/**
 * Creates the node where it is missing, configures it, reads back, and says what the service has otherwise. A node
 * that another account owns is used as it is. Idempotent.
 * @throws StanzaError when the node can be neither created nor used
 */
export async function provisionNode(
  address: NodeAddress,
  wishes: NodeWishes,
  { connection, log }: { readonly connection: Connection; readonly log: Log },
): Promise<void> {
  await createUnlessThere(connection, address);
  const before = await readOwned(connection, address);
  if (before === undefined) {
    log.warn(`The node "${address.node}" belongs to another account; it is used as it is configured there.`, {
      ...address,
    });
    return;
  }
  const fields = differing(wanted(wishes), before);
  if (Object.keys(fields).length === 0) return;
  await write(connection, address, fields);
  const left = differing(fields, (await readOwned(connection, address)) ?? {});
  // For "max" a service writes its own limit: that is an answer, not a deviation.
  for (const [field, value] of Object.entries(left).filter(([name]) => name !== 'pubsub#max_items')) {
    log.warn(`The node "${address.node}" has not taken ${field}=${value}.`, { ...address, field, value });
  }
}

async function createUnlessThere(connection: Connection, address: NodeAddress): Promise<void> {
  try {
    await createNode(connection, address);
  } catch (error) {
    if (!(error instanceof StanzaError) || error.condition !== 'conflict') throw error;
  }
}

/** Values of the configuration form; `undefined` where it is not ours to see. */
async function readOwned(connection: Connection, address: NodeAddress): Promise<Fields | undefined> {
  try {
    const { fields } = await readNodeConfig(connection, address);
    return Object.fromEntries(fields.map((field) => [field.var, field.values[0] ?? '']));
  } catch (error) {
    if (error instanceof StanzaError && (error.condition === 'forbidden' || error.condition === 'not-allowed')) {
      return undefined;
    }
    throw error;
  }
}

/** Fields which the service knows, and has otherwise. */
function differing(wished: Fields, present: Fields): Fields {
  return Object.fromEntries(
    Object.entries(wished).filter(([name, value]) => name in present && !sameValue(present[name]!, value)),
  );
}

/** XEP-0004 §3.3: booleans are written in two ways. */
function sameValue(a: string, b: string): boolean {
  const normal = (value: string) => (value === 'true' ? '1' : value === 'false' ? '0' : value);
  return normal(a) === normal(b);
}

/** All at once; a service that refuses the whole for one value gets the fields one by one, and keeps what it refuses. */
async function write(connection: Connection, address: NodeAddress, fields: Fields): Promise<void> {
  if (await accepts(connection, address, fields)) return;
  for (const [name, value] of Object.entries(fields)) await accepts(connection, address, { [name]: value });
}

/** A refusal shows when the configuration is read back. */
async function accepts(connection: Connection, address: NodeAddress, config: Fields): Promise<boolean> {
  try {
    await configureNode(connection, address, { config });
    return true;
  } catch (error) {
    if (hasCode(error, 'NST_XMPP_STANZA')) return false;
    throw error;
  }
}
