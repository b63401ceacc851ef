import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Authenticator } from '../sasl/authenticator.port.js';
import { scramCredentials } from '../sasl/scram-keys.js';
import type { AcceptOptions } from './accept.js';

const pem = (name: string) => readFileSync(new URL(`../../vectors/tls/localhost.${name}.pem`, import.meta.url), 'utf8');

export const certificate = pem('cert');
export const secureContext = createSecureContext({ cert: certificate, key: pem('key') });

/** Two accounts with different passwords. */
const passwords: Readonly<Record<string, string>> = { alice: 'wonderland', dave: 'secret' };

export const authenticator: Authenticator = {
  decoy: { secret: Buffer.from('decoy'), iterations: 4096 },
  credentials: async (username, hash) => {
    const password = passwords[username];
    return password === undefined ? undefined : scramCredentials(hash, password, { salt: Buffer.from('salt') });
  },
};

/** A server for `localhost` that gives every client the resource it wants. */
export const acceptOptions: AcceptOptions = {
  serves: (domain) => domain === 'localhost',
  tls: secureContext,
  authenticator,
  bind: (_account, wanted) => wanted ?? 'given',
};
