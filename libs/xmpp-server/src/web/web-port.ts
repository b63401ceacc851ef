import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { milliseconds, NestanzaError } from '@nestanza/core';
import { WebSocketServer } from 'ws';
import type { Acceptor } from '../acceptor.js';
import type { ServerHost } from '../host.js';
import type { ServerIdentity } from '../tls/identity.js';
import { hostMeta } from './host-meta.js';
import { WebSocketStream } from './web-socket-stream.js';

const WEB_SOCKET_PATH = '/xmpp-websocket';

export interface WebPortOptions {
  readonly address: string;
  readonly port: number;
  readonly tls: ServerIdentity;
  readonly host: ServerHost;
  readonly acceptor: Acceptor;
}

/** The HTTPS port: XMPP over WebSocket (RFC 7395), and where to find it (XEP-0156). Nothing is compressed. */
export class WebPort {
  readonly address: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #sockets: WebSocketServer;

  private constructor(server: Server, sockets: WebSocketServer, host: string) {
    this.#server = server;
    this.#sockets = sockets;
    this.address = { host, port: (server.address() as AddressInfo).port };
  }

  /** @throws NestanzaError `NST_SERVER_PORT` when the port cannot be had */
  static async open({ address, port, tls, host, acceptor }: WebPortOptions): Promise<WebPort> {
    const { limits, domain } = host;
    const sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: limits.stanzaBytes,
      handleProtocols: () => 'xmpp',
    });
    const server = createServer({ key: tls.key, cert: tls.cert, minVersion: 'TLSv1.2' });
    server.headersTimeout = milliseconds(limits.negotiation);
    server.maxConnections = limits.connections;
    server.on('request', (request, response) => {
      answer(request, response, `wss://${domain}:${(server.address() as AddressInfo).port}${WEB_SOCKET_PATH}`);
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head) => {
      socket.on('error', () => socket.destroy());
      if (!isXmpp(request) || acceptor.connections >= limits.connections) return refuse(socket);
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        void acceptor.accept(new WebSocketStream(webSocket), { tls: 'unneeded', address: socket.remoteAddress });
      });
    });
    server.listen({ host: address, port });
    try {
      await once(server, 'listening');
    } catch (cause) {
      throw new NestanzaError('NST_SERVER_PORT', `Port ${port} of ${address} cannot be had for WebSocket.`, {
        cause,
        facts: { host: address, port },
      });
    }
    return new WebPort(server, sockets, address);
  }

  /** Takes no further connection; those that stand stay. */
  close(): void {
    this.#sockets.close();
    this.#server.close();
    this.#server.closeIdleConnections();
  }
}

/** RFC 7395 §3.1: the client names the subprotocol. */
function isXmpp({ url, headers }: IncomingMessage): boolean {
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return url === WEB_SOCKET_PATH && protocols.includes('xmpp');
}

function refuse(socket: Socket): void {
  socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

function answer({ method, url = '' }: IncomingMessage, response: ServerResponse, webSocket: string): void {
  const found = method === 'GET' || method === 'HEAD' ? hostMeta(url, webSocket) : undefined;
  if (found === undefined) return void response.writeHead(404, { 'content-length': 0 }).end();
  // XEP-0156 §3: web clients come from other origins.
  response.writeHead(200, { 'content-type': found.type, 'access-control-allow-origin': '*' });
  response.end(method === 'HEAD' ? undefined : found.body);
}
