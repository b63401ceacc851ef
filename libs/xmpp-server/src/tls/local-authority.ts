import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, writePrivate } from '../private-file.js';
import type { ServerIdentity } from './identity.js';
import { issueAuthority, issueServer, type Issued } from './issue.js';

const DAY = 86_400_000;
/** A certificate with less time left than this is made anew. */
const RENEW_AUTHORITY = 398 * DAY;
const RENEW_SERVER = 30 * DAY;

export interface LocalAuthority {
  /** Certificate of the CA, PEM. */
  readonly ca: string;
  readonly identity: ServerIdentity;
}

/**
 * The CA and server certificate kept in `directory`, made where missing, too old, or for another domain. One caller at a
 * time: whoever hosts.
 */
export async function localAuthority(directory: string, domain: string, now: number): Promise<LocalAuthority> {
  const kept = await read(directory, 'ca');
  const authority = kept !== undefined && isFresh(kept, now + RENEW_AUTHORITY) ? kept : await issueAuthority(now);
  if (authority !== kept) await write(directory, 'ca', authority);
  const present = authority === kept ? await read(directory, 'server') : undefined;
  const serves = present !== undefined && new X509Certificate(present.cert).checkHost(domain) !== undefined;
  const server = serves && isFresh(present, now + RENEW_SERVER) ? present : await issueServer(authority, domain, now);
  if (server !== present) await write(directory, 'server', server);
  return { ca: authority.cert, identity: { key: server.key, cert: `${server.cert}${authority.cert}` } };
}

/** The CA's certificate as another process made it; `undefined` before the first start. */
export async function readAuthority(directory: string): Promise<string | undefined> {
  return readIfThere(join(directory, 'ca.pem'));
}

/** SHA-256, colon-separated upper-case hex, as clients show it. */
export function fingerprintOf(cert: string): string {
  return new X509Certificate(cert).fingerprint256;
}

function isFresh({ cert }: Issued, until: number): boolean {
  return Date.parse(new X509Certificate(cert).validTo) > until;
}

async function read(directory: string, name: string): Promise<Issued | undefined> {
  const [cert, key] = await Promise.all([
    readIfThere(join(directory, `${name}.pem`)),
    readIfThere(join(directory, `${name}.key`)),
  ]);
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

/** The key first: a certificate whose key is missing counts as none. */
async function write(directory: string, name: string, { cert, key }: Issued): Promise<void> {
  await writePrivate(join(directory, `${name}.key`), key);
  await writePrivate(join(directory, `${name}.pem`), cert);
}
