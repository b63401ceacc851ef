import { chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  connectClient,
  type Connection,
  parseJson,
  presence,
  readMessage,
  readPubsubEvent,
  subscribe,
} from '@nestanza/xmpp';
import { TestProcess } from '../support/child-process.js';
import { freePort } from '../support/free-port.js';
import { poll } from '../support/poll.js';
import { type Accounts, type ForeignServer, temporaryFolder } from './servers/foreign-server.js';

const SERVICES = ['orders', 'inventory', 'billing', 'monitor'] as const;
type Service = (typeof SERVICES)[number];

/** What a service prints when it is there: only orders listens, the others print nothing after their connection. */
const started = (service: Service) => (service === 'orders' ? 'Nest application successfully started' : 'Connected as');
const FINAL = ['shipped', 'cancelled', 'refused'];

const require = createRequire(import.meta.url);

/** The demo's services, each told by its environment which account of a foreign server it is. */
export class AttachedDemo implements AsyncDisposable {
  readonly #server: ForeignServer;
  readonly #folder: Awaited<ReturnType<typeof temporaryFolder>>;
  readonly #httpPort: number;
  readonly #services = new Map<Service, TestProcess>();
  readonly #statuses = new Map<string, string>();
  /** Texts of direct messages to the operator. */
  readonly chats: string[] = [];
  readonly operator: Connection;

  private constructor(server: ForeignServer, folder: Awaited<ReturnType<typeof temporaryFolder>>, httpPort: number) {
    this.#server = server;
    this.#folder = folder;
    this.#httpPort = httpPort;
    const { host, port, domain, ca, accounts } = server;
    const login = { jid: `operator@${domain}`, password: accounts['operator']!, host, port, tls: { ca } };
    this.operator = connectClient(login);
    this.operator.onStanza((stanza) => {
      if (stanza.name !== 'message') return;
      const { body } = readMessage(stanza);
      if (body !== undefined) this.chats.push(body);
      const event = readPubsubEvent(stanza);
      if (event?.kind !== 'items') return;
      for (const { payload } of event.items) {
        const { data } = parseJson(payload!.text) as { data: { orderId: string; status: string } };
        this.#statuses.set(data.orderId, data.status);
      }
    });
  }

  static async start(startServer: (accounts: Accounts) => Promise<ForeignServer>): Promise<AttachedDemo> {
    const accounts = Object.fromEntries([...SERVICES, 'operator'].map((name) => [name, `${name}-secret`]));
    const server = await startServer({ accounts, admin: 'orders' });
    const folder = await temporaryFolder('attached');
    await chmod(folder.path, 0o755); // as root the database runs as another user
    const demo = new AttachedDemo(server, folder, await freePort());
    try {
      await demo.run('orders');
      for (const service of SERVICES.slice(1)) await demo.run(service);
      await demo.operator.start();
      demo.operator.send(presence({ priority: 1 }));
      const jid = demo.operator.jid!.bare().toString();
      await subscribe(demo.operator, { service: `pubsub.${demo.domain}`, node: 'orders/status', jid });
    } catch (error) {
      await demo[Symbol.asyncDispose]();
      throw error;
    }
    return demo;
  }

  get domain(): string {
    return this.#server.domain;
  }

  /** Starts a service; resolves when it is ready. */
  async run(service: Service): Promise<void> {
    const { domain, host, port, accounts, caFile } = this.#server;
    const main = join(dirname(require.resolve(`@nestanza-demo/${service}/package.json`)), 'dist/main.js');
    const before = (await this.log(service)).split(started(service)).length;
    const child = new TestProcess(process.execPath, {
      args: [main],
      env: {
        ...process.env,
        NESTANZA_DATA: this.#folder.path,
        NESTANZA_DATABASE: 'embedded',
        NESTANZA_HTTP_PORT: String(this.#httpPort),
        NESTANZA_XMPP: `xmpp://${service}:${accounts[service]!}@${domain}?address=${host}:${port}`,
        NESTANZA_XMPP_CA: caFile,
      },
      log: this.#logFile(service),
    });
    this.#services.set(service, child);
    const ready = async () => (await child.output()).split(started(service)).length > before || undefined;
    await child.ready(ready, 60_000);
  }

  async stop(service: Service): Promise<void> {
    await this.#services.get(service)?.stop();
  }

  /** What the service has printed over all its lives. */
  log(service: Service): Promise<string> {
    return this.#services.get(service)?.output() ?? Promise.resolve('');
  }

  /** The id of the placed order. */
  async place(order: object): Promise<string> {
    const response = await fetch(`${this.#url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    return ((await response.json()) as { orderId: string }).orderId;
  }

  /** The final status of an order. */
  outcome(orderId: string): Promise<string> {
    const final = async () => {
      const response = await fetch(`${this.#url}/orders/${encodeURIComponent(orderId)}`);
      if (!response.ok) return undefined;
      const { status } = (await response.json()) as { status: string };
      return FINAL.includes(status) ? status : undefined;
    };
    return poll(final, { within: 30_000, what: `a final status of ${orderId}` });
  }

  /** The final status that the node `orders/status` told. */
  published(orderId: string): Promise<string> {
    const final = () => [this.#statuses.get(orderId)].find((status) => status !== undefined && FINAL.includes(status));
    return poll(final, { within: 30_000, what: `a final notification of ${orderId}` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.operator.stop();
    await Promise.all([...this.#services.values()].map((service) => service.stop()));
    await this.#server[Symbol.asyncDispose]();
    await this.#folder.remove();
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#httpPort}`;
  }

  #logFile(service: Service): string {
    return join(this.#folder.path, `${service}.log`);
  }
}
