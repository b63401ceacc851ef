import { StanzaError, submitForm, xml, type AttributeValues, type Element } from '@nestanza/xmpp';
import { World, type Person } from './world.js';

export const PUBSUB = 'http://jabber.org/protocol/pubsub';
const OWNER = `${PUBSUB}#owner`;
export const EVENT = `${PUBSUB}#event`;
export const RSM = 'http://jabber.org/protocol/rsm';
export const SERVICE = 'pubsub.localhost';
export const NODE = 'orders/placed';

export const json = (text: string) => xml('json', { xmlns: 'urn:xmpp:json:0' }, text);
export const item = (id: string | undefined, ...payload: Element[]) => xml('item', { id }, payload);

/** One person's way to the service. */
export class Client {
  readonly person: Person;

  constructor(person: Person) {
    this.person = person;
  }

  async set(...children: Element[]): Promise<Element> {
    return (await this.person.ask('set', SERVICE, xml('pubsub', { xmlns: PUBSUB }, children))).elements()[0]!;
  }

  async get(...children: Element[]): Promise<Element> {
    return (await this.person.ask('get', SERVICE, xml('pubsub', { xmlns: PUBSUB }, children))).elements()[0]!;
  }

  async own(type: 'get' | 'set', child: Element): Promise<Element | undefined> {
    return (await this.person.ask(type, SERVICE, xml('pubsub', { xmlns: OWNER }, child))).elements()[0];
  }

  create(config?: Record<string, string | boolean>, node: string | undefined = NODE): Promise<Element> {
    const form = config && xml('configure', {}, submitForm(`${PUBSUB}#node_config`, prefixed(config)));
    return this.set(xml('create', { node }), ...(form === undefined ? [] : [form]));
  }

  configure(config: Record<string, string | boolean>): Promise<Element | undefined> {
    return this.own('set', xml('configure', { node: NODE }, submitForm(`${PUBSUB}#node_config`, prefixed(config))));
  }

  publish(id: string | undefined, text: string = id ?? '', ...more: Element[]): Promise<Element> {
    return this.set(xml('publish', { node: NODE }, item(id, json(text))), ...more);
  }

  subscribe(jid: string, node = NODE): Promise<Element> {
    return this.set(xml('subscribe', { node, jid }));
  }

  unsubscribe(jid: string): Promise<Element> {
    return this.set(xml('unsubscribe', { node: NODE, jid }));
  }

  retract(id: string, attributes: AttributeValues = {}): Promise<Element | undefined> {
    return this.set(xml('retract', { node: NODE, ...attributes }, item(id)));
  }

  affiliate(jid: string, affiliation: string): Promise<Element | undefined> {
    return this.own('set', xml('affiliations', { node: NODE }, xml('affiliation', { jid, affiliation })));
  }

  async items(attributes: AttributeValues = {}, ...set: Element[]): Promise<string[]> {
    const page = await this.get(xml('items', { node: NODE, ...attributes }), ...set);
    return page
      .child('items')!
      .elements('item')
      .map((entry) => entry.attr('id')!);
  }

  /** What was told of the node, in short. */
  events(): string[] {
    return this.person.received.flatMap((stanza) => stanza.child('event', EVENT)?.elements() ?? []).map(inShort);
  }
}

export function prefixed(config: Record<string, string | boolean>): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [`pubsub#${name}`, value]));
}

function inShort(event: Element): string {
  const entry = event.elements()[0];
  if (event.name !== 'items' || entry === undefined) return `${event.name} ${event.attr('node')}`;
  return `${entry.name} ${entry.attr('id')}`;
}

export function rsm(...children: Element[]): Element {
  return xml('set', { xmlns: RSM }, children);
}

/** The conditions of a refusal, the PubSub one last. */
export async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'accepted';
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    return [error.type, error.condition, ...error.details.map((detail) => detail.name)].join(' ');
  }
}

/** An owner and two others at one service. */
export interface Scene extends AsyncDisposable {
  readonly owner: Client;
  readonly romeo: Client;
  readonly juliet: Client;
  /** Everything said so far has arrived. */
  settled(): Promise<void>;
}

export type OpenScene = () => Promise<Scene>;

/** Anything that people log in to. */
export interface Place extends AsyncDisposable {
  login(jid: string): Promise<Person>;
}

/** The three, available, at `place`. */
export async function enter<P extends Place>(place: P): Promise<Scene & { readonly world: P }> {
  const clients = await Promise.all(
    ['orders@localhost/o', 'romeo@localhost/r', 'juliet@localhost/j'].map(async (jid) => {
      const client = new Client(await place.login(jid));
      await client.person.available();
      return client;
    }),
  );
  const settled = async () => {
    for (const { person } of clients) await person.settled(SERVICE);
  };
  const [owner, romeo, juliet] = clients as [Client, Client, Client];
  return { world: place, owner, romeo, juliet, settled, [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
}

export async function embeddedScene() {
  return enter(await World.open());
}
