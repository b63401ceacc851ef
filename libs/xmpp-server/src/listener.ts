import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { NestanzaError } from '@nestanza/core';
import type { Limits } from './limits.js';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: Pick<Limits, 'connections' | 'connectionsPerAddress'>;
  /** Connections open now, on whatever port. */
  readonly open: () => number;
  /** Takes an admitted connection over. */
  readonly accept: (socket: Socket) => void;
}

/** A TCP port of the server: connections are counted before they cost anything. */
export class Listener {
  readonly #server: Server;
  readonly address: { readonly host: string; readonly port: number };

  private constructor(server: Server, address: { host: string; port: number }) {
    this.#server = server;
    this.address = address;
  }

  /** @throws NestanzaError `NST_SERVER_PORT` when the port cannot be had */
  static async open({ host, port, limits, open, accept }: ListenerOptions): Promise<Listener> {
    const perAddress = new Map<string, number>();
    const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
      // Whatever happens to a socket ends its stream; without a listener it would end the process.
      socket.on('error', () => socket.destroy());
      if (admit(socket, { limits, perAddress, open: open() })) accept(socket);
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
    return new Listener(server, { host, port: typeof bound === 'object' && bound !== null ? bound.port : port });
  }

  /** Takes no further connection; those that stand stay. */
  close(): void {
    this.#server.close();
  }
}

function admit(
  socket: Socket,
  { limits, perAddress, open }: { limits: ListenerOptions['limits']; perAddress: Map<string, number>; open: number },
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
