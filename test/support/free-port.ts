import { createServer, type AddressInfo } from 'node:net';

/** A loopback port that nobody listens on now. Another process may still take it first: retry where that matters. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
