import { errorText, NestanzaError, toError } from '@nestanza/core';
import { resolveSrv } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { orderSrv } from './srv-order.js';

/** One address takes no longer to answer than this, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;
/** Addresses of one domain that are tried. */
const MAX_ADDRESSES = 8;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * A TCP connection to the first of the addresses that answers.
 * @throws NestanzaError `NST_XMPP_UNREACHABLE` (retryable) naming each address and why it failed
 */
export async function connectSocket(addresses: readonly Address[], signal: AbortSignal): Promise<Socket> {
  const failures: string[] = [];
  for (const address of addresses) {
    signal.throwIfAborted();
    try {
      return await connectTo(address, signal);
    } catch (error) {
      failures.push(`${address.host}:${address.port} (${errorText(error)})`);
    }
  }
  throw new NestanzaError('NST_XMPP_UNREACHABLE', `No XMPP server answers at ${failures.join(', ')}.`, {
    retryable: true,
    facts: { addresses: addresses.map(({ host, port }) => `${host}:${port}`).join(' ') },
  });
}

/**
 * Where the clients of a domain connect (RFC 6120 §3.2.1): by SRV records in order of priority, else the domain itself.
 */
export async function clientAddresses(domain: string): Promise<Address[]> {
  const fallback = [{ host: domain, port: 5222 }];
  try {
    const records = orderSrv(await resolveSrv(`_xmpp-client._tcp.${domain}`), Math.random);
    return records.length === 0
      ? fallback
      : records.slice(0, MAX_ADDRESSES).map(({ name, port }) => ({ host: name, port }));
  } catch {
    // §3.2.2: no record, or no name server, is no reason not to try.
    return fallback;
  }
}

function connectTo({ host, port }: Address, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    // Not the socket's own `signal` option: its listener would stay for the life of the socket.
    const aborted = () => failed(toError(signal.reason));
    const settle = () => {
      signal.removeEventListener('abort', aborted);
      socket.setTimeout(0);
      socket.off('timeout', slow);
      socket.off('error', failed);
    };
    const failed = (error: Error) => {
      settle();
      socket.on('error', () => undefined); // the failure has been told
      socket.destroy();
      reject(error);
    };
    const slow = () => failed(new Error('no answer'));
    signal.addEventListener('abort', aborted);
    socket.setTimeout(CONNECT_TIMEOUT, slow);
    socket.once('error', failed);
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}
