import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** `wanted` where it is free on loopback, else any port that is. */
export async function freePort(wanted: number): Promise<number> {
  return (await listenBriefly(wanted)) ?? (await listenBriefly(0)) ?? wanted;
}

async function listenBriefly(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1' });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  } finally {
    server.close();
  }
}
