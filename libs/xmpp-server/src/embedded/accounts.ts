import type { Database } from '@nestanza/postgres';
import { openSession } from '@nestanza/postgres/internal';
import type { AccountStore } from '../store/account.store.js';
import { PostgresAccounts } from '../store/postgres/accounts.postgres.js';

/** Runs `task` on the accounts of the domain over a database session of its own: a standby holds none for long. */
export async function withAccounts<Result>(
  database: Database,
  domain: string,
  task: (accounts: AccountStore) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(database.url);
  try {
    return await task(new PostgresAccounts({ query: ({ text }, values) => session.query(text, values) }, domain));
  } finally {
    await session.close();
  }
}
