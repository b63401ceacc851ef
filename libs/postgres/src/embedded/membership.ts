import { basename } from 'node:path';
import pg from 'pg';

/** Keys of session advisory locks: every process that uses the embedded server holds this one, shared. */
const MEMBERS = [7000, 0] as const;

/** Milliseconds for connecting, and for a leaving process that holds the lock alone to stop the server. */
const PATIENCE = 5_000;

const RELEASE = 'select pg_advisory_unlock_shared($1, $2), pg_try_advisory_lock($1, $2) as last';

/** Another process that uses the server. */
export interface DatabaseMember {
  readonly pid: number;
  /** The script it runs. */
  readonly program: string;
}

/** @types/pg does not know that a client can let its process end. */
type Client = pg.Client & { ref(): void; unref(): void };

/** This process's stake in an embedded server: a session that holds the members' lock, shared. */
export class Membership {
  /** Resolves when the session ended, for whatever reason. */
  readonly lost: Promise<void>;
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
    this.lost = new Promise((resolve) => client.once('end', resolve));
  }

  /**
   * Holds the lock. Waits for a process that is just stopping the server, and then fails with the server. The session
   * keeps this process from nothing: it may end any time.
   */
  static async join(url: string): Promise<Membership> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: PATIENCE,
      query_timeout: PATIENCE,
      application_name: memberName(process.pid, process.argv[1] ?? 'node'),
    }) as Client;
    client.on('error', () => undefined); // the loss shows as 'end'
    const membership = new Membership(client);
    try {
      await client.connect();
      await client.query('select pg_advisory_lock_shared($1, $2)', [...MEMBERS]);
    } catch (error) {
      await client.end();
      throw error;
    }
    client.unref();
    return membership;
  }

  /**
   * Gives the lock back. When nobody else holds it, runs `stop` while holding it alone: a process that joins meanwhile
   * waits for the stop and starts the server again.
   * @returns whether this was the last member
   */
  async leave(stop: () => Promise<void>): Promise<boolean> {
    this.#client.ref();
    try {
      if (!(await this.#release())) return false;
      await stop();
      return true;
    } finally {
      await this.#client.end();
    }
  }

  async #release(): Promise<boolean> {
    try {
      const { rows } = await this.#client.query<{ last: boolean }>(RELEASE, [...MEMBERS]);
      return rows[0]?.last === true;
    } catch {
      return false; // the server is gone, and the lock with it: its other members, if any, start it again
    }
  }

  /** The processes that hold the lock, this one included. */
  async members(): Promise<readonly DatabaseMember[]> {
    const { rows } = await this.#client.query<{ name: string }>(
      `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and l.classid = $1 and l.objid = $2 and l.granted order by 1`,
      [...MEMBERS],
    );
    return rows.flatMap(({ name }) => parseMemberName(name) ?? []);
  }
}

function memberName(pid: number, script: string): string {
  return `nestanza ${pid} ${basename(script)}`.slice(0, 63);
}

function parseMemberName(name: string): DatabaseMember | undefined {
  const match = /^nestanza (\d+) (.*)$/.exec(name);
  return match === null ? undefined : { pid: Number(match[1]), program: match[2] ?? '' };
}
