import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { createSecureContext } from 'node:tls';
import { NestanzaError } from '@nestanza/core';
import type { Acceptor } from './acceptor.js';
import type { Limits } from './limits.js';
import type { ServerIdentity } from './tls/identity.js';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: ServerIdentity;
  readonly limits: Limits;
  readonly acceptor: Acceptor;
}

/** The TCP port for clients: STARTTLS is required on it, and connections are counted before they cost anything. */
export class ClientListener {
  readonly #server: Server;
  readonly address: { readonly host: string; readonly port: number };

  private constructor(server: Server, address: { host: string; port: number }) {
    this.#server = server;
    this.address = address;
  }

  /** @throws NestanzaError `NST_SERVER_PORT` when the port cannot be had */
  static async open({ host, port, tls, limits, acceptor }: ListenerOptions): Promise<ClientListener> {
    const context = createSecureContext({ key: tls.key, cert: tls.cert, minVersion: 'TLSv1.2' });
    const perAddress = new Map<string, number>();
    const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
      // Whatever happens to a socket ends its stream; without a listener it would end the process.
      socket.on('error', () => socket.destroy());
      if (admit(socket, { limits, perAddress, open: acceptor.connections }))
        void acceptor.accept(socket, { tls: context, address: socket.remoteAddress });
      else socket.destroy();
    });
    server.listen({ host, port });
    try {
      await once(server, 'listening');
    } catch (cause) {
      throw new NestanzaError('NST_SERVER_PORT', `Port ${port} of ${host} cannot be had for XMPP.`, {
        cause,
        facts: { host, port },
      });
    }
    const bound = server.address();
    return new ClientListener(server, { host, port: typeof bound === 'object' && bound !== null ? bound.port : port });
  }

  /** Takes no further connection; those that stand stay. */
  close(): void {
    this.#server.close();
  }
}

function admit(
  socket: Socket,
  { limits, perAddress, open }: { limits: Limits; perAddress: Map<string, number>; open: number },
): boolean {
  const address = socket.remoteAddress;
  if (address === undefined || open >= limits.connections) return false;
  const count = perAddress.get(address) ?? 0;
  if (count >= limits.connectionsPerAddress) return false;
  perAddress.set(address, count + 1);
  socket.once('close', () => {
    const left = (perAddress.get(address) ?? 1) - 1;
    if (left === 0) perAddress.delete(address);
    else perAddress.set(address, left);
  });
  return true;
}
