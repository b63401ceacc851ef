import { NestanzaError } from '@nestanza/core';
import type { Duplex } from 'node:stream';
import { connect, TLSSocket, type SecureContext } from 'node:tls';

/** How a client checks the server's certificate. */
export interface TlsOptions {
  /** Trusted certificates (PEM) instead of those of Node.js. */
  readonly ca?: string | readonly string[];
  /** The name the certificate has to be valid for. Default: the domain of the JID (RFC 6120 §13.7.2). */
  readonly servername?: string;
}

/**
 * The client end of TLS over `plain`, once the handshake is done and the certificate verified.
 * @throws NestanzaError `NST_XMPP_CERTIFICATE` for a certificate that is not trusted or names another domain,
 * `NST_XMPP_TLS` when there is no handshake
 */
export function secureAsClient(plain: Duplex, domain: string, options: TlsOptions = {}): Promise<TLSSocket> {
  const name = options.servername ?? domain;
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: plain,
      // An IP address goes into no SNI (RFC 6066 §3), and is checked all the same.
      ...(isAddress(name) ? { host: name } : { servername: name }),
      ca: options.ca === undefined ? undefined : [options.ca].flat(),
      minVersion: 'TLSv1.2',
    });
    const fail = (cause?: Error) => {
      socket.destroy();
      reject(isCertificateFault(socket) ? certificateError(name, cause) : tlsError(cause));
    };
    const closed = () => fail();
    socket.once('error', fail);
    socket.once('close', closed);
    socket.once('secureConnect', () => {
      socket.off('error', fail);
      socket.off('close', closed);
      resolve(socket);
    });
  });
}

/**
 * The server end of TLS over `plain`, once the handshake is done.
 * @throws NestanzaError `NST_XMPP_TLS` when there is no handshake
 */
export function secureAsServer(plain: Duplex, secureContext: SecureContext): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = new TLSSocket(plain, { isServer: true, secureContext });
    const fail = (cause?: Error) => {
      socket.destroy();
      reject(tlsError(cause));
    };
    const closed = () => fail();
    socket.on('error', fail);
    // A handshake that fails before the socket is handed out is told by this event only.
    socket.once('_tlsError', fail);
    socket.once('close', closed);
    socket.once('secure', () => {
      socket.off('error', fail);
      socket.off('_tlsError', fail);
      socket.off('close', closed);
      resolve(socket);
    });
  });
}

function isAddress(name: string): boolean {
  return /^[\d.]+$|:/.test(name);
}

/** Set by Node.js when the chain or the name was refused. */
function isCertificateFault(socket: TLSSocket): boolean {
  return socket.authorizationError !== undefined && socket.authorizationError !== null;
}

function certificateError(name: string, cause?: Error): NestanzaError {
  return new NestanzaError(
    'NST_XMPP_CERTIFICATE',
    `The certificate of the XMPP server is not trusted for "${name}"${cause === undefined ? '' : `: ${cause.message}`}. ` +
      'Give its CA in `tls.ca`, or the name it was made for in `tls.servername`.',
    { facts: { name }, cause },
  );
}

function tlsError(cause?: Error): NestanzaError {
  return new NestanzaError(
    'NST_XMPP_TLS',
    `The TLS handshake with the XMPP peer failed${cause === undefined ? '' : `: ${cause.message}`}.`,
    { retryable: true, cause },
  );
}
