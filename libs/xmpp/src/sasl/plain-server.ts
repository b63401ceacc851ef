import { hasCode } from '@nestanza/core';
import { timingSafeEqual } from 'node:crypto';
import { accountName, checkAuthzid } from './authzid.js';
import { findCredentials } from './decoy.js';
import { preparePassword } from './password.js';
import { SaslFailure } from './sasl-failure.js';
import { clientKey, digest, saltedPassword } from './scram-keys.js';
import type { ServerMechanism, ServerMechanismContext, ServerStep } from './server-mechanism.js';

/** PLAIN (RFC 4616), the server's half: checks the password against the SCRAM-SHA-256 credentials. */
export class PlainServer implements ServerMechanism {
  readonly #context: ServerMechanismContext;

  constructor(context: ServerMechanismContext) {
    this.#context = context;
  }

  async respond(message: Buffer): Promise<ServerStep> {
    const { authenticator, domain } = this.#context;
    const parts = message.toString().split('\0');
    const [authzid, authcid, password] = parts;
    if (parts.length !== 3 || authzid === undefined || !authcid || !password)
      throw new SaslFailure('malformed-request');
    const username = accountName(authcid, domain);
    checkAuthzid(authzid, username, domain);
    const prepared = prepare(password);
    const { salt, iterations, storedKey, known } = await findCredentials(authenticator, username, 'SHA-256');
    const key = digest(
      'SHA-256',
      clientKey('SHA-256', await saltedPassword('SHA-256', prepared, { salt, iterations })),
    );
    const succeeded = timingSafeEqual(key, storedKey) && known;
    authenticator.attempted?.({ username, succeeded });
    if (!succeeded) throw new SaslFailure('not-authorized');
    return { kind: 'success', username, data: Buffer.alloc(0) };
  }
}

function prepare(password: string): string {
  try {
    return preparePassword(password);
  } catch (error) {
    if (hasCode(error, 'NST_XMPP_PASSWORD')) throw new SaslFailure('not-authorized');
    throw error;
  }
}
