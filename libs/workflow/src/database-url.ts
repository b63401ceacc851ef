import { NestanzaError } from '@nestanza/core';
import type { DataSource } from 'typeorm';

/**
 * The address that a data source was made with, as one URL.
 * @throws NestanzaError `NST_WORKFLOW_STARTUP` for a data source that is no PostgreSQL
 */
export function databaseUrl({ options }: Pick<DataSource, 'options'>): string {
  if (options.type !== 'postgres') {
    throw new NestanzaError('NST_WORKFLOW_STARTUP', `Workflows need PostgreSQL, not ${options.type}.`, {
      facts: { type: options.type },
    });
  }
  if (options.url !== undefined) return options.url;
  const url = new URL('postgres://localhost');
  url.hostname = options.host ?? 'localhost';
  url.port = String(options.port ?? 5432);
  url.username = encodeURIComponent(options.username ?? '');
  if (typeof options.password === 'string') url.password = encodeURIComponent(options.password);
  url.pathname = `/${encodeURIComponent(options.database ?? '')}`;
  return url.href;
}
