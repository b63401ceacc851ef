import { NestanzaError } from '@nestanza/core';
import { opaqueString } from '../precis/profiles.js';

/**
 * A password as both sides compute with it (RFC 8265 §4, which replaced the SASLprep of RFC 5802).
 * @throws NestanzaError `NST_XMPP_PASSWORD` for one that is empty or holds a character no password may have
 */
export function preparePassword(password: string): string {
  try {
    return opaqueString(password);
  } catch (error) {
    // The cause is left out: it might name a character of the password.
    if (error instanceof TypeError) {
      throw new NestanzaError(
        'NST_XMPP_PASSWORD',
        'The password is empty, or holds a control or unassigned character.',
      );
    }
    throw error;
  }
}
