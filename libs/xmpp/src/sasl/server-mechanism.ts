import type { Authenticator } from './authenticator.port.js';
import { PlainServer } from './plain-server.js';
import { SaslFailure } from './sasl-failure.js';
import { ScramServer } from './scram-server.js';

/** What a server answers to a client's message. */
export type ServerStep =
  | { readonly kind: 'challenge'; readonly data: Buffer }
  | { readonly kind: 'success'; readonly username: string; readonly data: Buffer };

/** The server's half of one authentication. Used once. */
export interface ServerMechanism {
  /** @throws SaslFailure to refuse */
  respond(message: Buffer): Promise<ServerStep>;
}

export interface ServerMechanismContext {
  readonly authenticator: Authenticator;
  /** Domain of the accounts. */
  readonly domain: string;
}

/** Names offered, the strongest first. */
export function offeredMechanisms(secure: boolean): readonly string[] {
  return secure ? ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'] : ['SCRAM-SHA-256', 'SCRAM-SHA-1'];
}

/** @throws SaslFailure `invalid-mechanism` for one that is not offered on such a stream (RFC 6120 §6.5.7) */
export function serverMechanism(name: string, secure: boolean, context: ServerMechanismContext): ServerMechanism {
  if (!offeredMechanisms(secure).includes(name)) throw new SaslFailure('invalid-mechanism');
  if (name === 'PLAIN') return new PlainServer(context);
  return new ScramServer(name === 'SCRAM-SHA-256' ? 'SHA-256' : 'SHA-1', context);
}
