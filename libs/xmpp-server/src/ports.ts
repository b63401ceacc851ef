import { createSecureContext } from 'node:tls';
import { NestanzaError } from '@nestanza/core';
import type { Acceptor } from './acceptor.js';
import type { ComponentPort } from './components/component-port.js';
import type { ServerHost } from './host.js';
import { Listener } from './listener.js';
import type { ServerOptions } from './server.js';

export interface ServerParts {
  readonly host: ServerHost;
  readonly acceptor: Acceptor;
  readonly components: ComponentPort;
}

/** The ports that a server listens on; those not asked for are absent. */
export interface OpenPorts {
  readonly clients?: Listener;
  readonly components?: Listener;
}

const LOOPBACK = '127.0.0.1';

/** Opens every port asked for, or none. @throws NestanzaError `NST_SERVER_PORT` · `NST_SERVER_TLS` */
export async function openPorts(options: ServerOptions, parts: ServerParts): Promise<OpenPorts> {
  const ports: { -readonly [Name in keyof OpenPorts]: OpenPorts[Name] } = {};
  try {
    if (options.port !== undefined) ports.clients = await clientPort(options, options.port, parts);
    if (options.componentPort !== undefined) ports.components = await componentPort(options.componentPort, parts);
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
}

/** STARTTLS is required on it. */
function clientPort({ tls, host = LOOPBACK }: ServerOptions, port: number, parts: ServerParts): Promise<Listener> {
  if (tls === undefined) {
    throw new NestanzaError('NST_SERVER_TLS', 'An XMPP server that listens needs a certificate: pass `tls`.');
  }
  const context = createSecureContext({ key: tls.key, cert: tls.cert, minVersion: 'TLSv1.2' });
  const { acceptor } = parts;
  return Listener.open({
    host,
    port,
    limits: parts.host.limits,
    open: () => acceptor.connections,
    accept: (socket) => void acceptor.accept(socket, { tls: context, address: socket.remoteAddress }),
  });
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
