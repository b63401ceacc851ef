import { createSecureContext } from 'node:tls';
import { NestanzaError } from '@nestanza/core';
import type { Acceptor } from './acceptor.js';
import type { ComponentPort } from './components/component-port.js';
import type { ServerHost } from './host.js';
import { Listener } from './listener.js';
import type { ServerOptions } from './server.js';
import { transportOf } from './tls/direct-tls.js';
import type { ServerIdentity } from './tls/identity.js';
import { WebPort } from './web/web-port.js';

export interface ServerParts {
  readonly host: ServerHost;
  readonly acceptor: Acceptor;
  readonly components: ComponentPort;
}

/** The ports that a server listens on; those not asked for are absent. */
export interface OpenPorts {
  readonly clients?: Listener;
  readonly components?: Listener;
  readonly web?: WebPort;
}

const LOOPBACK = '127.0.0.1';

/** Opens every port asked for, or none. @throws NestanzaError `NST_SERVER_PORT` · `NST_SERVER_TLS` */
export async function openPorts(options: ServerOptions, parts: ServerParts): Promise<OpenPorts> {
  const ports: { -readonly [Name in keyof OpenPorts]: OpenPorts[Name] } = {};
  try {
    if (options.port !== undefined) ports.clients = await clientPort(options, options.port, parts);
    if (options.componentPort !== undefined) ports.components = await componentPort(options.componentPort, parts);
    if (options.webSocketPort !== undefined) ports.web = await webPort(options, options.webSocketPort, parts);
    return ports;
  } catch (error) {
    closePorts(ports);
    throw error;
  }
}

/** Takes no further connection on any port. */
export function closePorts(ports: OpenPorts): void {
  ports.clients?.close();
  ports.components?.close();
  ports.web?.close();
}

/** TLS is required on it: by STARTTLS, or at once. */
function clientPort(options: ServerOptions, port: number, { host, acceptor }: ServerParts): Promise<Listener> {
  const { key, cert } = identityOf(options);
  const context = createSecureContext({ key, cert, minVersion: 'TLSv1.2' });
  const { limits, clock } = host;
  /** Connections that have said nothing yet. */
  let silent = 0;
  return Listener.open({
    host: options.host ?? LOOPBACK,
    port,
    limits,
    open: () => acceptor.connections + silent,
    accept: (socket) => {
      const address = socket.remoteAddress;
      silent += 1;
      void transportOf(socket, { context, patience: limits.negotiation, clock }).then((told) => {
        silent -= 1;
        if (told !== undefined)
          void acceptor.accept(told.transport, { tls: told.secured ? 'unneeded' : context, address });
      });
    },
  });
}

function webPort(options: ServerOptions, port: number, { host, acceptor }: ServerParts): Promise<WebPort> {
  const tls = identityOf(options);
  return WebPort.open({ address: options.host ?? LOOPBACK, port, tls, host, acceptor });
}

function identityOf({ tls }: ServerOptions): ServerIdentity {
  if (tls !== undefined) return tls;
  throw new NestanzaError('NST_SERVER_TLS', 'An XMPP server that listens needs a certificate: pass `tls`.');
}

function componentPort(port: number, { host, components }: ServerParts): Promise<Listener> {
  return Listener.open({
    host: LOOPBACK,
    port,
    limits: host.limits,
    open: () => components.connections,
    accept: (socket) => void components.accept(socket),
  });
}
