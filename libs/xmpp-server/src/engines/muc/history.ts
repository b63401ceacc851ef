import { delayElement, type Element } from '@nestanza/xmpp';
import { serialize } from '@nestanza/xmpp/internal';

export interface HistoryLimits {
  readonly messages: number;
  /** Bytes of all kept messages together. */
  readonly bytes: number;
}

interface Entry {
  readonly message: Element;
  readonly bytes: number;
  readonly at: number;
}

/** What was said last in a room, bounded in messages and bytes: the oldest goes first. */
export class History {
  readonly #limits: HistoryLimits;
  readonly #entries: Entry[] = [];
  #bytes = 0;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  /** @param message - as it was sent to the occupants, without `to` */
  add(message: Element, at: number): void {
    const bytes = Buffer.byteLength(serialize(message));
    if (bytes > this.#limits.bytes) return;
    this.#entries.push({ message, bytes, at });
    this.#bytes += bytes;
    while (this.#bytes > this.#limits.bytes || this.#entries.length > this.#limits.messages) {
      this.#bytes -= this.#entries.shift()!.bytes;
    }
  }

  /**
   * What somebody who enters gets (XEP-0045 §7.2.14), each with the time it was said, in order.
   * @param wish - `<history/>` of the entering presence
   */
  since(wish: Element | undefined, { room, now }: { readonly room: string; readonly now: number }): Element[] {
    const most = numberOf(wish, 'maxstanzas') ?? this.#limits.messages;
    const seconds = numberOf(wish, 'seconds');
    const since = wish?.attr('since') === undefined ? undefined : Date.parse(wish.attr('since')!);
    let characters = numberOf(wish, 'maxchars') ?? Number.MAX_SAFE_INTEGER;
    const chosen: Element[] = [];
    for (const { message, at } of [...this.#entries].reverse()) {
      const stamped = message.withChildren(...message.children, delayElement(new Date(at), room));
      characters -= serialize(stamped).length;
      const isOld = (seconds !== undefined && at < now - seconds * 1_000) || (since !== undefined && at < since);
      if (chosen.length >= most || characters < 0 || isOld) break;
      chosen.push(stamped);
    }
    return chosen.reverse();
  }
}

function numberOf(wish: Element | undefined, name: string): number | undefined {
  const text = wish?.attr(name);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
