import { hasCode } from '@nestanza/core';
import { configureNode, type Connection, type NodeAddress, readNodeConfig } from '@nestanza/xmpp';

/** Field of a node's configuration → its value. */
export type NodeFields = Readonly<Record<string, string>>;

/** Values of the configuration form. @throws StanzaError where it is not ours to see */
export async function readFields(connection: Connection, address: NodeAddress): Promise<NodeFields> {
  const { fields } = await readNodeConfig(connection, address);
  return Object.fromEntries(fields.map((field) => [field.var, field.values[0] ?? '']));
}

/** Fields which the service knows, and has otherwise. */
export function differing(wished: NodeFields, present: NodeFields): NodeFields {
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
export async function writeFields(connection: Connection, address: NodeAddress, fields: NodeFields): Promise<void> {
  if (await accepts(connection, address, fields)) return;
  for (const [name, value] of Object.entries(fields)) await accepts(connection, address, { [name]: value });
}

/** A refusal shows when the configuration is read back. */
export async function accepts(connection: Connection, address: NodeAddress, config: NodeFields): Promise<boolean> {
  try {
    await configureNode(connection, address, { config });
    return true;
  } catch (error) {
    if (hasCode(error, 'NST_XMPP_STANZA')) return false;
    throw error;
  }
}
