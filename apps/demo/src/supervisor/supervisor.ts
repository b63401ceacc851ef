import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataDirectory } from '../data-directory.js';
import { Child } from './child.js';
import { readLogLine } from './log-line.js';
import { commandProgram, serviceProgram, SERVICES } from './programs.js';
import { type Screen } from './screen.js';
import { readServerFacts, type ServerFacts } from './server-facts.js';

const ORPHAN_GUARD = new URL('./orphan-guard.js', import.meta.url).href;

export interface SupervisorOptions {
  readonly data: DataDirectory;
  readonly httpPort: number;
  readonly screen: Screen;
}

/** The demo's five processes: one XMPP server, four services. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #logs: WriteStream[] = [];
  #children: readonly Child[] = [];
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Resolves when all five are ready. Rejects when one of them cannot start; `stop` is due then, too. */
  async start(): Promise<ServerFacts> {
    const { data, screen } = this.#options;
    await mkdir(join(data.path, 'log'), { recursive: true });

    screen.say('Starting the database and the XMPP server …');
    let server: ServerFacts | undefined;
    await this.#start('serve', [commandProgram(), 'serve', '--json'], (line) => (server ??= readServerFacts(line)));

    screen.say(`Starting ${SERVICES.join(', ')} …`);
    await Promise.all(SERVICES.map((name) => this.#start(name, [serviceProgram(name)])));
    if (server === undefined) throw new Error('nestanza serve is ready, but did not say where.');
    return server;
  }

  /** Drains the services, then the server, which is the last to leave the database. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const [server, ...services] = this.#children;
    await Promise.all(services.map((service) => service.stop()));
    await server?.stop();
    for (const log of this.#logs) log.end();
  }

  #start(name: string, command: readonly string[], onLine: (line: string) => void = () => undefined): Promise<void> {
    if (this.#stopping) return Promise.reject(new Error('Stopped before everything was ready.'));
    const { data, httpPort, screen } = this.#options;
    const log = createWriteStream(join(data.path, 'log', `${name}.log`));
    this.#logs.push(log);
    const child = new Child({
      name,
      command: ['--import', ORPHAN_GUARD, ...command],
      environment: {
        ...process.env,
        NESTANZA_DATA: data.path,
        NESTANZA_HTTP_PORT: String(httpPort),
        NESTANZA_LOG: 'json',
      },
      pidFile: join(data.run, `${name}.pid`),
      onLine: (line) => {
        log.write(`${line}\n`);
        onLine(line);
        screen.show(name, readLogLine(line));
      },
      onDeath: (how, restartIn) => {
        screen.show(name, {
          level: 'warn',
          message: `died (${how}); starts again in ${restartIn} ms`,
          context: undefined,
          facts: '',
          orderId: undefined,
        });
      },
    });
    this.#children = [...this.#children, child];
    return child.start();
  }
}
