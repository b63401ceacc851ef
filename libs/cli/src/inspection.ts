import { openDeliveryInspector } from '@nestanza/delivery/internal';
import { openDatabase } from '@nestanza/postgres';
import { streamLog } from './stream-log.js';

/** What can be looked at in a database's messages. */
export type Inspection = Awaited<ReturnType<typeof openDeliveryInspector>>;

/** Runs `work` over the messages of all services of the configured database, or of one of them. */
export async function inspecting<T>(
  work: (inspection: Inspection) => Promise<T>,
  { service }: { readonly service?: string } = {},
): Promise<T> {
  const log = streamLog(process.stderr, { json: false, least: 'warn' });
  await using database = await openDatabase({ log });
  await using inspection = await openDeliveryInspector({
    database: database.url,
    log,
    ...(service !== undefined && { service }),
  });
  return await work(inspection);
}
