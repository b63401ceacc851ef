import { uniqueId } from '@nestanza/core';
import {
  callRpc,
  connectClient,
  type Connection,
  type Element,
  jsonText,
  message,
  presence,
  publishItem,
  parseJson,
  readMessage,
  readPubsubEvent,
  type RpcValue,
  subscribe,
} from '@nestanza/xmpp';
import { type ServerFacts } from '../supervisor/server-facts.js';
import { eventually } from './eventually.js';

const STATUS_NODE = 'orders/status';
/** Milliseconds to wait for an answer in words. */
const REPLY_WITHIN = 15_000;

/** The operator with a chat client: nothing of the bus, XMPP alone. */
export class ChatClient implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #domain: string;
  readonly #chats: { readonly from: string; readonly body: string }[] = [];
  readonly #statuses = new Map<string, string>();

  private constructor(connection: Connection, domain: string) {
    this.#connection = connection;
    this.#domain = domain;
    connection.onStanza((stanza) => this.#hear(stanza));
  }

  /** Logs in, is available, and hears of every order's status from now on. */
  static async open({ account, host, port, ca, domain }: ServerFacts): Promise<ChatClient> {
    const connection = connectClient({ jid: account.jid, password: account.password, host, port, tls: { ca } });
    const client = new ChatClient(connection, domain);
    await connection.start();
    connection.send(presence({ priority: 1 }));
    await subscribe(connection, { service: client.#pubsub, node: STATUS_NODE, jid: client.jid });
    return client;
  }

  get jid(): string {
    return this.#connection.jid!.bare().toString();
  }

  /** Resolves when the PubSub service has the item. */
  async publish(node: string, id: string, json: string): Promise<void> {
    await publishItem(this.#connection, { service: this.#pubsub, node }, { id, payload: jsonText(json) });
  }

  /** The result of a call by XEP-0009. */
  call(account: string, method: string, params: readonly RpcValue[]): Promise<RpcValue> {
    return callRpc(this.#connection, { to: `${account}@${this.#domain}`, method, params });
  }

  /** What of the service's answer matches. @throws Error when no such answer comes */
  async say(account: string, body: string, answer: RegExp): Promise<RegExpExecArray> {
    const to = `${account}@${this.#domain}`;
    const heard = this.#chats.length;
    this.#connection.send(message({ to, id: uniqueId(), type: 'chat', body }));
    const answers = () => this.#chats.slice(heard).filter(({ from }) => from === to);
    const match = await eventually(
      () =>
        answers()
          .map((chat) => answer.exec(chat.body))
          .find((found) => found !== null),
      {
        until: Date.now() + REPLY_WITHIN,
        signal: new AbortController().signal,
      },
    );
    if (match === undefined) throw new Error(`${to} answered "${body}" by ${JSON.stringify(answers())}.`);
    return match;
  }

  /** The last status that `orders/status` told of an order. */
  statusOf(orderId: string): string | undefined {
    return this.#statuses.get(orderId);
  }

  /** Whether a message came that names the order, other than an answer to an order of ours. */
  wasTold(orderId: string): boolean {
    return this.#chats.some(({ body }) => body.includes(orderId) && body.includes('cancelled'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection.stop();
  }

  get #pubsub(): string {
    return `pubsub.${this.#domain}`;
  }

  #hear(stanza: Element): void {
    if (stanza.name !== 'message') return;
    const { from, body } = readMessage(stanza);
    if (body !== undefined && from !== undefined) this.#chats.push({ from: from.bare().toString(), body });
    const event = readPubsubEvent(stanza);
    if (event?.kind !== 'items' || event.node !== STATUS_NODE) return;
    for (const { payload } of event.items) {
      if (payload === undefined) continue;
      // A CloudEvent, since the service publishes through the bus: its body is in `data`.
      const { data } = parseJson(payload.text) as { data: { orderId: string; status: string } };
      this.#statuses.set(data.orderId, data.status);
    }
  }
}
