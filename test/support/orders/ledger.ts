import { openDatabase } from '@nestanza/postgres';
import { Client } from 'pg';

/** Charges by order id, as the bank's table has them. */
export type Ledger = ReadonlyMap<string, number>;

/**
 * Reads the bank's ledger from the demo's database.
 * @throws Error when a unique index forbids what the test looks for: then it would prove nothing
 */
export async function readLedger(data: string): Promise<Ledger> {
  await using database = await openDatabase({ url: 'embedded', data });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const unique = await client.query<{ definition: string }>(`
      select pg_get_indexdef(indexrelid) as definition from pg_index
      where indrelid = 'billing.ledger'::regclass and indisunique and not indisprimary`);
    if (unique.rows.length > 0) throw new Error(`The ledger forbids doubles itself: ${unique.rows[0]?.definition}`);
    const charges = await client.query<{ order_id: string; charges: number }>(
      `select order_id, count(*)::int as charges from billing.ledger group by order_id`,
    );
    return new Map(charges.rows.map((row) => [row.order_id, row.charges]));
  } finally {
    await client.end();
  }
}
