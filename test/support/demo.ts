import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isAlive, TestProcess } from './child-process.js';
import { freePort } from './free-port.js';
import { poll } from './poll.js';

const MAIN = join(dirname(createRequire(import.meta.url).resolve('@nestanza-demo/demo/package.json')), 'dist/main.js');

/** Processes that the demo's supervisor starts, by the name of their pid file. */
const SERVICES = ['orders', 'inventory', 'billing', 'monitor'] as const;
export type ProcessName = (typeof SERVICES)[number] | 'serve' | 'postgres';

export const ACCOUNTS = { alice: 'alice-secret', operator: 'operator-secret' } as const;

/** The demo as `npm start` runs it, in a fresh data directory and on free ports. */
export class Demo implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly domain = 'localhost';
  readonly accounts = ACCOUNTS;

  private constructor(
    readonly data: string,
    readonly ports: { readonly http: number; readonly xmpp: number },
    readonly supervisor: TestProcess,
  ) {}

  /**
   * Resolves when every service answers.
   * @param environment - more variables for every process of the demo
   * @throws Error with the demo's output when that takes over a minute
   */
  static async start(environment: NodeJS.ProcessEnv = {}): Promise<Demo> {
    const data = await mkdtemp(join(tmpdir(), 'nestanza-demo-'));
    await chmod(data, 0o755); // as root the database runs as another user
    const ports = { http: await freePort(), xmpp: await freePort() };
    const accounts = Object.entries(ACCOUNTS).map((account) => account.join(':'));
    const supervisor = new TestProcess(process.execPath, {
      args: [MAIN],
      env: {
        ...process.env,
        NESTANZA_DATA: data,
        NESTANZA_DATABASE: 'embedded',
        NESTANZA_XMPP: 'embedded',
        NESTANZA_HTTP_PORT: String(ports.http),
        NESTANZA_XMPP_PORT: String(ports.xmpp),
        NESTANZA_XMPP_ACCOUNTS: accounts.join(','),
        ...environment,
      },
      log: join(data, 'demo.log'),
    });
    const demo = new Demo(data, ports, supervisor);
    try {
      await supervisor.ready(
        async () => (await supervisor.output()).includes('The demo is ready') || undefined,
        60_000,
      );
    } catch (error) {
      await demo[Symbol.asyncDispose]();
      throw error;
    }
    return demo;
  }

  get url(): string {
    return `http://${this.host}:${this.ports.http}`;
  }

  /** File with the certificate of the local CA. */
  get caFile(): string {
    return join(this.data, 'xmpp', 'ca.pem');
  }

  /** Pid of a running process of the demo; `undefined` while it is not there. */
  async pid(name: ProcessName): Promise<number | undefined> {
    const file = name === 'postgres' ? 'postgres/cluster/postmaster.pid' : `run/${name}.pid`;
    const pid = Number.parseInt(await readFile(join(this.data, file), 'utf8').catch(() => ''), 10);
    return pid > 0 && (await isAlive(pid)) ? pid : undefined;
  }

  /** Ends the demo by SIGTERM and removes its data. @throws Error when a process of it outlives that */
  async [Symbol.asyncDispose](): Promise<void> {
    const names: readonly ProcessName[] = [...SERVICES, 'serve', 'postgres'];
    const pids = await Promise.all(names.map(async (name) => [name, await this.pid(name)] as const));
    const orderly = await this.supervisor.stop(30_000);
    const left: string[] = [];
    for (const [name, pid] of pids) {
      if (pid === undefined) continue;
      const gone = async () => ((await isAlive(pid)) ? undefined : true);
      await poll(gone, { within: 15_000, what: `end of ${name}` }).catch(() => {
        left.push(name);
        process.kill(pid, 'SIGKILL');
      });
    }
    await rm(this.data, { recursive: true, force: true });
    if (!orderly) throw new Error('The supervisor did not end on SIGTERM.');
    if (left.length > 0) throw new Error(`Still running after the supervisor ended: ${left.join(', ')}.`);
  }
}
