import { connectClient, Jid, xml, type Connection, type Element } from '@nestanza/xmpp';
import { startServer, type ServerOptions, type XmppServer } from '../src/server.js';

const PASSWORD = 'secret';

/** One logged-in session and every message and presence it got. */
export class Person {
  readonly connection: Connection;
  readonly received: Element[] = [];

  constructor(connection: Connection) {
    this.connection = connection;
    connection.onStanza((stanza) => {
      this.received.push(stanza);
      return true;
    });
  }

  get jid(): Jid {
    return this.connection.jid!;
  }

  send(name: string, attributes: Record<string, string | undefined>, ...children: (Element | string)[]): void {
    this.connection.send(xml(name, { xmlns: 'jabber:client', ...attributes }, ...children));
  }

  message(to: string, type: string | undefined, body: string): void {
    this.send('message', { to, type, id: body }, xml('body', {}, body));
  }

  ask(type: 'get' | 'set', to: string | undefined, payload: Element): Promise<Element> {
    return this.connection.request(xml('iq', { xmlns: 'jabber:client', type, to }, payload), { timeout: '5s' });
  }

  /**
   * Everything the server had to say before now has arrived once this resolves.
   * @param service - on whose way it was, where that is a component
   */
  async settled(service = 'localhost'): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await this.ask('get', service, xml('ping', { xmlns: 'urn:xmpp:ping' }));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Becomes available, and has what that brings. */
  async available(priority = 0): Promise<void> {
    this.send('presence', {}, xml('priority', {}, String(priority)));
    await this.until((stanza) => stanza.name === 'presence' && stanza.attr('from') === this.jid.toString());
  }

  /** The first stanza that fits, now or soon. */
  async until(fits: (stanza: Element) => boolean): Promise<Element> {
    for (const deadline = Date.now() + 5_000; Date.now() < deadline;) {
      const found = this.received.find(fits);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(
      `nothing fits among ${this.received.map((stanza) => `${stanza.name} ${stanza.attr('type')}`).join(', ')}`,
    );
  }

  bodies(): (string | undefined)[] {
    return this.received.filter(({ name }) => name === 'message').map((stanza) => stanza.childText('body'));
  }

  presences(): string[] {
    return this.received
      .filter(({ name }) => name === 'presence')
      .map((stanza) => `${stanza.attr('from')} ${stanza.attr('type') ?? 'available'}`);
  }
}

/** A server in memory with the accounts romeo, juliet, mercutio and orders, and people logged in to it. */
export class World {
  readonly server: XmppServer;
  readonly #people: Person[] = [];

  private constructor(server: XmppServer) {
    this.server = server;
  }

  static async open(options: ServerOptions = {}): Promise<World> {
    const names = ['romeo', 'juliet', 'mercutio', 'orders'];
    const accounts = Object.fromEntries(names.map((name) => [name, PASSWORD]));
    return new World(await startServer({ accounts, ...options }));
  }

  async login(jid: string): Promise<Person> {
    const connection = connectClient({ jid, password: PASSWORD, transport: () => this.server.connect() });
    const person = new Person(connection);
    this.#people.push(person);
    await connection.start();
    return person;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#people.map(({ connection }) => connection.stop()));
    await this.server.close();
  }
}
