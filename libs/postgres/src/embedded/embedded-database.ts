import { errorText, pause, type Log } from '@nestanza/core';
import { serverUrl } from './address.js';
import { electCluster, type Cluster } from './cluster.js';
import { reachServer, type ReachedServer } from './reach-server.js';
import { stopServer } from './stop-server.js';

export interface EmbeddedOptions {
  readonly data: string;
  readonly log: Log;
  /** Settings of the server beside the standing ones, if it is this process that starts it. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Milliseconds between attempts to start a dead server, doubled each time. */
const BACKOFF = { first: 100, most: 2_000 };

/**
 * This process's stake in the embedded server of a data directory. Between `open` and `close` a dead server, however it
 * died, is started again by whichever of its members notices first.
 */
export class EmbeddedDatabase {
  readonly #cluster: Cluster;
  readonly #options: EmbeddedOptions;
  readonly #closing = new AbortController();
  #server: ReachedServer;
  readonly #supervision: Promise<void>;

  private constructor(cluster: Cluster, server: ReachedServer, options: EmbeddedOptions) {
    this.#cluster = cluster;
    this.#server = server;
    this.#options = options;
    this.#supervision = this.#supervise();
  }

  /**
   * A stake in the running server.
   * @throws NestanzaError as `electCluster` and `reachServer` do
   */
  static async open(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
    const cluster = await electCluster(options.data, options.log);
    const server = await reachServer(cluster, {
      log: options.log,
      settings: options.settings ?? {},
      signal: new AbortController().signal,
    });
    return new EmbeddedDatabase(cluster, server, options);
  }

  /** The address of a database of this server, password included. */
  url(database?: string): string {
    return serverUrl(this.#cluster, this.#server.port, database);
  }

  /** Gives up the stake; stops the server if it was the last one. Call it once. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#leave(this.#server);
    await this.#supervision;
  }

  async #leave({ membership }: ReachedServer): Promise<void> {
    const stopped = await membership.leave(() => stopServer(this.#cluster));
    if (stopped) this.#options.log.info('database server stopped', { directory: this.#cluster.directory });
  }

  async #supervise(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      await this.#server.membership.lost;
      if (signal.aborted) return;
      this.#options.log.warn('database server lost, starting it again', { directory: this.#cluster.directory });
      const reached = await this.#reachAgain();
      if (reached === undefined) return;
      const { port } = this.#server;
      this.#server = reached;
      if (signal.aborted) return this.#leave(reached);
      if (port !== reached.port) {
        const change = { from: port, to: reached.port };
        this.#options.log.error('the database server had to change its port: restart what does not find it', change);
      }
    }
  }

  /** The server again, however long it takes; undefined when `close` came before it ran. */
  async #reachAgain(): Promise<ReachedServer | undefined> {
    const { log, settings = {} } = this.#options;
    const { signal } = this.#closing;
    for (let wait = BACKOFF.first; !signal.aborted; wait = Math.min(2 * wait, BACKOFF.most)) {
      try {
        return await reachServer(this.#cluster, { log, settings, signal });
      } catch (error) {
        if (!signal.aborted) log.error('the database server does not start', { error: errorText(error) });
      }
      await pause(wait, { signal });
    }
    return undefined;
  }
}
