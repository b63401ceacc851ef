import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { milliseconds, type Clock, type Duration } from '@nestanza/core';

/** RFC 8446 §5.1: a TLS connection begins with a handshake record. */
const HANDSHAKE = 22;

/**
 * What speaks on this connection, told by its first byte (XEP-0368: SRV records for XMPP over TLS, version 1.1.0): TLS at
 * once, or a stream that asks for STARTTLS. One port serves both.
 * @returns the transport; undefined when the peer says nothing in time, or leaves
 */
export async function transportOf(
  socket: Socket,
  { context, patience, clock }: { readonly context: SecureContext; readonly patience: Duration; readonly clock: Clock },
): Promise<{ readonly transport: Duplex; readonly secured: boolean } | undefined> {
  const first = await firstByte(socket, milliseconds(patience), clock);
  if (first === undefined) return undefined;
  if (first !== HANDSHAKE) return { transport: socket, secured: false };
  const secured = new TLSSocket(socket, { isServer: true, secureContext: context, ALPNProtocols: ['xmpp-client'] });
  secured.on('error', () => secured.destroy());
  return { transport: secured, secured: true };
}

/** Looked at, not taken. */
function firstByte(socket: Socket, patience: number, clock: Clock): Promise<number | undefined> {
  return new Promise((resolve) => {
    const timer = clock.after(patience, () => done(undefined));
    const onReadable = () => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return;
      socket.unshift(bytes);
      done(bytes[0]);
    };
    const onClose = () => done(undefined);
    const done = (byte: number | undefined) => {
      timer.cancel();
      socket.off('readable', onReadable);
      socket.off('close', onClose);
      if (byte === undefined) socket.destroy();
      resolve(byte);
    };
    socket.on('readable', onReadable);
    socket.on('close', onClose);
  });
}
