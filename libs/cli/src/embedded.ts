import { NestanzaError } from '@nestanza/core';
import { joinEmbedded, type EmbeddedXmpp } from '@nestanza/xmpp-server';
import { streamLog } from './stream-log.js';

/** Whether `NESTANZA_XMPP` means the server of the data directory. */
export function isEmbedded(environment: NodeJS.ProcessEnv = process.env): boolean {
  return (environment['NESTANZA_XMPP'] ?? 'embedded') === 'embedded';
}

/**
 * Runs `work` as a member of the embedded server.
 * @throws NestanzaError `NST_CLI_NOT_EMBEDDED` where another server is configured
 */
export async function onTheServer<T>(work: (server: EmbeddedXmpp) => Promise<T>): Promise<T> {
  if (!isEmbedded()) {
    throw new NestanzaError(
      'NST_CLI_NOT_EMBEDDED',
      'This verb is for the embedded server, and NESTANZA_XMPP names another. Use the tools of that server.',
    );
  }
  await using server = await joinEmbedded({ log: streamLog(process.stderr, { json: false, least: 'warn' }) });
  return await work(server);
}
