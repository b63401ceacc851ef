import { silentLog } from '@nestanza/core';
import type { ConnectionStatus } from '../connection.js';
import { Jid } from '../jid.js';
import { duplexPair } from '../stream/duplex-pair.js';
import { header, Wire } from '../stream/wire.fixture.js';
import { XmlStream } from '../stream/xml-stream.js';
import { VirtualClock } from '../virtual-clock.fixture.js';
import type { Element } from '../xml/element.js';
import { PersistentConnection, type Dialer } from './persistent-connection.js';

/** Hands out streams whose other end is a raw wire; negotiation is left out. */
class TestDialer implements Dialer {
  readonly pingTarget = undefined;
  /** What the next attempts meet: an error, or a stream where the list is empty. */
  readonly failures: Error[] = [];
  #servers: Wire[] = [];
  #waiting: ((server: Wire) => void)[] = [];

  dial(): Promise<{ stream: XmlStream; jid: Jid }> {
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    const [near, far] = duplexPair();
    const stream = new XmlStream(near, { namespace: 'jabber:client' });
    stream.open({ to: 'localhost' });
    const server = new Wire(far);
    server.say(header("from='localhost' id='1' version='1.0'"));
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#servers.push(server);
    else waiting(server);
    return stream.next().then(() => ({ stream, jid: Jid.parse('me@localhost/desk') }));
  }

  /** The far end of the next stream. */
  server(): Promise<Wire> {
    const server = this.#servers.shift();
    return server === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(server);
  }

  outgoing(stanza: Element): Element {
    return stanza;
  }

  incoming(stanza: Element): Element {
    return stanza;
  }
}

/** A connection of `me@localhost/desk` with the far end in hand. */
export class ConnectionWorld implements AsyncDisposable {
  readonly dialer = new TestDialer();
  readonly clock = new VirtualClock();
  readonly connection = new PersistentConnection(this.dialer, { log: silentLog, clock: this.clock, random: () => 0 });
  readonly states: ConnectionStatus[] = [];

  constructor() {
    this.connection.onStatus((status) => this.states.push(status));
  }

  /** Goes online, and gives the server's end of the stream. */
  async online(): Promise<Wire> {
    const [server] = await Promise.all([this.dialer.server(), this.connection.start()]);
    await server.hear(/<stream:stream [^>]*>/);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = this.connection.stop();
    this.clock.advance(60_000);
    await stopped;
  }
}

/** The id of the request that the server hears. */
export async function requestId(server: Wire): Promise<string> {
  return (await server.hear(/<iq [^>]*id='([^']+)'[^>]*>.*?<\/iq>/))[1]!;
}

export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 3_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`It never came: ${String(condition)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
