import { NestanzaError } from '@nestanza/core';
import type { ClientMechanism } from './client-mechanism.js';
import { PlainClient } from './plain.js';
import { ScramClient } from './scram-client.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface MechanismChoice {
  /** Names the server offered. */
  readonly offered: readonly string[];
  /** TLS stands: PLAIN may be used. */
  readonly secure: boolean;
  /** This account has used SCRAM before: PLAIN, which would tell the password, is out for good. */
  readonly scramOnly: boolean;
}

/**
 * The strongest mechanism that both sides have.
 * @throws NestanzaError `NST_XMPP_MECHANISM` when there is none, or none that is safe here
 */
export function chooseMechanism({ username, password }: Credentials, choice: MechanismChoice): ClientMechanism {
  const { offered, secure, scramOnly } = choice;
  if (offered.includes('SCRAM-SHA-256')) return new ScramClient({ hash: 'SHA-256', username, password });
  if (offered.includes('SCRAM-SHA-1')) return new ScramClient({ hash: 'SHA-1', username, password });
  if (offered.includes('PLAIN') && secure && !scramOnly) return new PlainClient(username, password);
  const why = offered.includes('PLAIN')
    ? scramOnly
      ? 'It used SCRAM before and now offers PLAIN only, which looks like an attack.'
      : 'PLAIN needs TLS.'
    : 'Allow SCRAM-SHA-256, SCRAM-SHA-1 or PLAIN there.';
  throw new NestanzaError(
    'NST_XMPP_MECHANISM',
    `The XMPP server offers no usable way to log in (${offered.join(', ')}). ${why}`,
    {
      facts: { offered: offered.join(' ') },
    },
  );
}
