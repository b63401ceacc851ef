import { NestanzaError } from '@nestanza/core';
import { resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about the embedded server. */
export interface EmbeddedSettings {
  /** Absolute path of the data directory. */
  readonly data: string;
  readonly domain: string;
  /** Only this port will do; `undefined` leaves the choice. */
  readonly port: number | undefined;
  /** Passwords by account name. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** @throws NestanzaError `NST_SERVER_CONFIG` naming every wrong variable and what to write */
export function embeddedSettings(data: string | undefined, environment: Environment): EmbeddedSettings {
  const faults: string[] = [];
  const port = environment.NESTANZA_XMPP_PORT;
  const validPort = port === undefined || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
  if (!validPort) faults.push(`NESTANZA_XMPP_PORT=${port} is no port: write a number from 1 to 65535.`);
  const accounts = new Map<string, string>();
  for (const entry of (environment.NESTANZA_XMPP_ACCOUNTS ?? '').split(',').filter((text) => text.trim() !== '')) {
    const colon = entry.indexOf(':');
    const name = entry.slice(0, colon).trim();
    const password = entry.slice(colon + 1);
    // A password is a secret: the entry is named by its place, not by its text.
    if (colon <= 0 || name === '' || password === '')
      faults.push('NESTANZA_XMPP_ACCOUNTS: write alice:secret,bob:secret.');
    else accounts.set(name, password);
  }
  if (faults.length > 0) throw new NestanzaError('NST_SERVER_CONFIG', faults.join(' '));
  return {
    data: resolve(data ?? environment.NESTANZA_DATA ?? '.nestanza'),
    domain: environment.NESTANZA_XMPP_DOMAIN ?? 'localhost',
    port: port === undefined ? undefined : Number(port),
    accounts,
  };
}
