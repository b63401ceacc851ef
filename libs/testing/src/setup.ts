import { keepServer, releaseServer } from './kept-server.js';

/**
 * Global setup of Jest and Vitest: the server of the test databases runs until the teardown, so that no test file has to
 * start it. Vitest calls the returned teardown; Jest takes `@nestanza/testing/teardown`.
 */
// oxlint-disable-next-line import/no-default-export -- what test runners take
export default async function setup(): Promise<() => Promise<void>> {
  await keepServer();
  return releaseServer;
}
