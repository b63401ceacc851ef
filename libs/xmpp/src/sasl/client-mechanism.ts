import { NestanzaError } from '@nestanza/core';

/** The client's half of one authentication. Used once. */
export interface ClientMechanism {
  readonly name: string;
  /** The initial response (RFC 6120 §6.4.2). */
  initial(): Buffer;
  /** @throws NestanzaError `NST_XMPP_UNPROVEN` when the server breaks the mechanism's rules */
  respond(challenge: Buffer): Promise<Buffer>;
  /**
   * Checks what came with `<success/>`; only then is the server who it says.
   * @throws NestanzaError `NST_XMPP_UNPROVEN`
   */
  verify(additional: Buffer): void;
}

/** The server claims success without having proved that it knows the password. */
export function unproven(why: string): NestanzaError {
  return new NestanzaError('NST_XMPP_UNPROVEN', `The XMPP server did not prove that it knows this account: ${why}.`, {
    facts: { why },
  });
}
