import type { Log } from '@nestanza/core';
import { type Connection, createNode, type NodeAddress, StanzaError } from '@nestanza/xmpp';
import { differing, type NodeFields, readFields, writeFields } from './node-fields.js';
import type { NodeModel } from './owned-contract.js';

export interface NodeWishes {
  readonly publish: NodeModel;
  readonly access: NodeModel;
}

/**
 * What a node needs so that nothing is lost or comes from nowhere: items are kept, as many as the service allows;
 * a new subscriber gets nothing by itself (catch-up asks); deletion shows; items name their publisher (XEP-0060
 * §16.4.3).
 */
function wanted({ publish, access }: NodeWishes): NodeFields {
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
  await writeFields(connection, address, fields);
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

/** The configuration; `undefined` where it is not ours to see. */
async function readOwned(connection: Connection, address: NodeAddress): Promise<NodeFields | undefined> {
  try {
    return await readFields(connection, address);
  } catch (error) {
    if (error instanceof StanzaError && (error.condition === 'forbidden' || error.condition === 'not-allowed')) {
      return undefined;
    }
    throw error;
  }
}
