import { restore, store } from '@nestanza/bus/internal';
import { errorText } from '@nestanza/core';
import { parseElement } from '@nestanza/xmpp/internal';
import type { MessageAttributes } from '@nestanza/bus';
import type { StoredPublication } from './recording-store.js';

/** What was published, as whoever subscribes can read it. */
export interface Publication {
  /** Channel text: `pubsub:orders/placed`. */
  readonly channel: string;
  /** Name of the account that published it. */
  readonly by: string;
  /** Of the message: CloudEvents id, or node and item id of a bare item. */
  readonly id: string;
  /** CloudEvents attributes; `undefined` where the item could not be read. */
  readonly attributes: MessageAttributes | undefined;
  readonly body: unknown;
  /** Why the item could not be read. */
  readonly unreadable?: string;
}

/** A publication that subscribers' inboxes have not all been seen to hold. */
export interface Unsettled {
  readonly channel: string;
  /** Under which ids it may be taken in, depending on the format a handler reads. */
  readonly ids: readonly string[];
}

/** Nodes on which the bus finds out what a service can. */
const OWN_NODES = 'nestanza/';

/** Remembers everything that was published, in order. */
export class Recorder {
  readonly #publications: Publication[] = [];
  readonly #known = new Set<string>();
  #unsettled: Unsettled[] = [];
  #listeners = new Set<() => void>();
  #count = 0;

  /** Rises with every publication, repeated ones included. */
  get count(): number {
    return this.#count;
  }

  /** In the order of publication. @param channel - only of this channel text */
  of(channel?: string): readonly Publication[] {
    return this.#publications.filter((publication) => channel === undefined || publication.channel === channel);
  }

  /** Publications that have not been settled yet. */
  get unsettled(): readonly Unsettled[] {
    return this.#unsettled;
  }

  /** These have arrived everywhere. */
  settle(arrived: readonly Unsettled[]): void {
    const gone = new Set(arrived);
    this.#unsettled = this.#unsettled.filter((publication) => !gone.has(publication));
  }

  /** Calls the listener after each publication. */
  onPublication(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A publication that is repeated, with the same id and content, is the same one. */
  record({ service, node, id, publisher, payload }: StoredPublication): void {
    if (node.startsWith(OWN_NODES)) return;
    this.#count += 1;
    const item = { service, node, id, publisher, payload: payload === undefined ? undefined : parseElement(payload) };
    const channel = `pubsub:${node}`;
    const structured = store(item, { format: 'auto', type: node });
    const bare = store(item, { format: 'bare', type: node });
    this.#unsettled.push({ channel, ids: [...new Set([structured.id, bare.id])] });
    const identity = JSON.stringify([node, id, payload]);
    if (!this.#known.has(identity)) {
      this.#known.add(identity);
      const by = publisher.split('@', 1)[0]!;
      this.#publications.push({ channel, by, id: structured.id, ...readable(structured.envelope) });
    }
    for (const listener of this.#listeners) listener();
  }
}

function readable(envelope: string): Pick<Publication, 'attributes' | 'body' | 'unreadable'> {
  try {
    const { attributes, body } = restore(envelope).read();
    return { attributes, body };
  } catch (error) {
    return { attributes: undefined, body: undefined, unreadable: errorText(error) };
  }
}
