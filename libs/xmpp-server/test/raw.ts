import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { XmppServer } from '../src/server.js';

/** Bytes to a server and text from it: a client that may lie and break off. */
export class Raw {
  readonly #transport: Duplex;
  #text = '';
  #open = true;

  constructor(transport: Duplex) {
    this.#transport = transport;
    transport.on('data', (bytes: Buffer) => (this.#text += bytes.toString()));
    transport.on('error', () => undefined);
    transport.once('close', () => (this.#open = false));
    transport.once('end', () => (this.#open = false));
  }

  /** Connected by TCP, STARTTLS done, the stream header sent and the features of the secured stream read. */
  static async secured(server: XmppServer, ca: string): Promise<Raw> {
    const socket = connectTcp(server.address!);
    const plain = new Raw(socket).header();
    await plain.until('</stream:features>');
    plain.write(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`);
    await plain.until('<proceed');
    socket.removeAllListeners('data');
    const secured = connectTls({ socket, ca, servername: server.domain });
    await once(secured, 'secureConnect');
    const raw = new Raw(secured).header();
    await raw.until('</stream:features>');
    return raw;
  }

  get open(): boolean {
    return this.#open;
  }

  pause(): void {
    this.#transport.pause();
  }

  write(text: string): this {
    this.#transport.write(text);
    return this;
  }

  destroy(): void {
    this.#transport.destroy();
  }

  /** What came up to a text that the server says now or soon; it is forgotten. */
  async until(expected: string | RegExp): Promise<string> {
    for (const deadline = Date.now() + 5_000; Date.now() < deadline;) {
      const match = typeof expected === 'string' ? this.#text.indexOf(expected) : this.#text.search(expected);
      if (match >= 0) {
        const text = this.#text;
        this.#text = '';
        return text;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`${String(expected)} did not come; this did: ${this.#text}`);
  }

  async closed(): Promise<void> {
    if (this.#open) await once(this.#transport, 'close');
  }

  header(to = 'localhost'): this {
    return this.write(
      `<?xml version='1.0'?><stream:stream to='${to}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
  }

  /** Logs in by PLAIN and binds `raw`. */
  async login(name: string): Promise<this> {
    this.auth('', name, 'secret');
    await this.until('<success');
    this.header();
    await this.until('</stream:features>');
    this.write(
      `<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>raw</resource></bind></iq>`,
    );
    await this.until('raw</jid>');
    return this;
  }

  auth(authzid: string, name: string, password: string): this {
    const text = Buffer.from(`${authzid}\0${name}\0${password}`).toString('base64');
    return this.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${text}</auth>`);
  }
}
