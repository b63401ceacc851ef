import { hasCode } from '@nestanza/core';
import { Jid } from '../jid.js';
import { SaslFailure } from './sasl-failure.js';

/**
 * The account a client means, normalised.
 * @throws SaslFailure `not-authorized` for a name that no account can have
 */
export function accountName(username: string, domain: string): string {
  try {
    const { local } = Jid.of({ local: username, domain });
    if (local !== '') return local;
  } catch (error) {
    if (!hasCode(error, 'NST_XMPP_JID')) throw error;
  }
  throw new SaslFailure('not-authorized');
}

/**
 * Lets an authorization identity pass only if it is the account's own bare JID (RFC 6120 §6.3.8): nobody acts as
 * another.
 * @throws SaslFailure `invalid-authzid`
 */
export function checkAuthzid(authzid: string, username: string, domain: string): void {
  if (authzid === '') return;
  try {
    if (Jid.parse(authzid).equals(Jid.of({ local: username, domain }))) return;
  } catch (error) {
    if (!hasCode(error, 'NST_XMPP_JID')) throw error;
  }
  throw new SaslFailure('invalid-authzid');
}
