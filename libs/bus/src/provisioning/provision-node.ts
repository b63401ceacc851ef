import { hasCode, type Log } from '@nestanza/core';
import { type Connection, StanzaError } from '@nestanza/xmpp';
import type { NodePlace } from '../transport/pubsub.js';
import { createNode, type NodeFields, readConfiguration, writeConfiguration } from './node-configuration.js';
import type { NodeModel } from './owned-contract.js';

export interface NodeWishes {
  readonly publish: NodeModel;
  readonly access: NodeModel;
}

/**
 * What a node needs so that nothing is lost or comes from nowhere: items are kept, as many as the service allows;
 * a new subscriber gets nothing by itself (catch-up asks); deletion shows; items name their publisher.
 */
function wanted({ publish, access }: NodeWishes): NodeFields {
  return {
    persist_items: '1',
    max_items: 'max',
    send_last_published_item: 'never',
    notify_delete: '1',
    notification_type: 'headline',
    itemreply: 'publisher',
    access_model: access === 'open' ? 'open' : 'whitelist',
    publish_model: publish === 'open' ? 'open' : 'publishers',
  };
}

/**
 * Creates the node where it is missing, configures it, reads back, and says what the service has otherwise. A node
 * that another account owns is used as it is.
 */
export async function provisionNode(
  place: NodePlace,
  wishes: NodeWishes,
  { connection, log }: { readonly connection: Connection; readonly log: Log },
): Promise<void> {
  await createNode(connection, place);
  let before: NodeFields;
  try {
    before = await readConfiguration(connection, place);
  } catch (error) {
    if (!(error instanceof StanzaError) || error.type !== 'auth') throw error;
    log.warn(`The node "${place.node}" belongs to another account; it is used as it is configured there.`, {
      ...place,
    });
    return;
  }
  const fields = differing(wanted(wishes), before);
  await write(connection, place, fields);
  if (Object.keys(fields).length === 0) return;
  const left = differing(fields, await readConfiguration(connection, place));
  for (const [field, value] of Object.entries(left)) {
    // The service may write its own limit for "max"; that is the answer, not a deviation.
    if (field !== 'max_items')
      log.warn(`The node "${place.node}" has not taken ${field}=${value}.`, { ...place, field, value });
  }
}

/** Fields which the service knows, and has otherwise. */
function differing(wished: NodeFields, present: NodeFields): NodeFields {
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
async function write(connection: Connection, place: NodePlace, fields: NodeFields): Promise<void> {
  const entries = Object.entries(fields);
  if (entries.length === 0) return;
  try {
    await writeConfiguration(connection, place, fields);
  } catch (error) {
    if (!hasCode(error, 'NST_XMPP_STANZA')) throw error;
    for (const [name, value] of entries) await writeOne(connection, place, { [name]: value });
  }
}

/** A refused field shows when the configuration is read back. */
async function writeOne(connection: Connection, place: NodePlace, field: NodeFields): Promise<void> {
  try {
    await writeConfiguration(connection, place, field);
  } catch (error) {
    if (!hasCode(error, 'NST_XMPP_STANZA')) throw error;
  }
}
