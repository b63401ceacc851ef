import { StanzaError, type Element } from '@nestanza/xmpp';
import type { ServiceEngine } from '../engines/service-host.js';
import { errorOf } from '../replies.js';
import type { SessionLink } from '../session.js';

/** Requests of one component whose replies are awaited; the oldest is forgotten. */
const MAX_ASKED = 10_000;

interface Member {
  readonly link: SessionLink;
  /** Tells equal members apart in the choice. */
  readonly salt: number;
  /** Own unanswered requests, oldest first. */
  readonly asked: Set<string>;
}

/**
 * The connected components of one domain (XEP-0114). Stanzas of one sender all go to one of them, so their order is kept;
 * one that leaves changes nothing for the others' senders. Replies go to whoever asked.
 */
export class ComponentPool implements ServiceEngine {
  readonly payloads = [];
  readonly #reply: (stanza: Element) => void;
  readonly #members: Member[] = [];
  #joined = 0;

  /** @param reply - sends a stanza back to where one came from */
  constructor(reply: (stanza: Element) => void) {
    this.#reply = reply;
  }

  get size(): number {
    return this.#members.length;
  }

  /** Adds a connection. @returns what tells of a request that it makes, and what takes it out */
  join(link: SessionLink): { sent(stanza: Element): void; leave(): void } {
    this.#joined += 1;
    const member: Member = { link, salt: this.#joined, asked: new Set() };
    this.#members.push(member);
    return {
      sent: (stanza) => remember(member.asked, stanza),
      leave: () => {
        const at = this.#members.indexOf(member);
        if (at >= 0) this.#members.splice(at, 1);
      },
    };
  }

  handle(stanza: Element): void {
    const member = this.#asker(stanza) ?? this.#chosenFor(bareOf(stanza.attr('from') ?? ''));
    if (member !== undefined) return member.link.send(stanza);
    const refusal = new StanzaError('service-unavailable', { type: 'wait', text: 'The component is not connected' });
    const reply = stanza.name === 'presence' ? undefined : errorOf(stanza, refusal);
    if (reply !== undefined) this.#reply(reply);
  }

  /** Ends every connection. */
  close(condition: Parameters<SessionLink['close']>[0]): void {
    for (const { link } of [...this.#members]) link.close(condition);
  }

  sessionEnded(): void {
    // Components hear of sessions by presence, as XEP-0114 has it.
  }

  async accountDeleted(): Promise<void> {
    // What a component keeps of an account is the component's; it hears of the end by `unsubscribed`.
  }

  async idle(): Promise<void> {
    // Nothing waits here: what was taken is on its stream.
  }

  #asker(stanza: Element): Member | undefined {
    const type = stanza.attr('type');
    if (stanza.name !== 'iq' || (type !== 'result' && type !== 'error')) return undefined;
    const key = keyOf(stanza.attr('from'), stanza.attr('id'));
    return this.#members.find(({ asked }) => asked.delete(key));
  }

  /** The member with the highest weight for this sender (rendezvous hashing). */
  #chosenFor(sender: string): Member | undefined {
    if (this.#members.length < 2) return this.#members[0];
    let chosen: Member | undefined;
    let best = -1;
    for (const member of this.#members) {
      const weight = weightOf(sender, member.salt);
      if (weight > best) [chosen, best] = [member, weight];
    }
    return chosen;
  }
}

function remember(asked: Set<string>, stanza: Element): void {
  const type = stanza.attr('type');
  if (stanza.name !== 'iq' || (type !== 'get' && type !== 'set')) return;
  asked.add(keyOf(stanza.attr('to'), stanza.attr('id')));
  if (asked.size > MAX_ASKED) for (const oldest of asked) return void asked.delete(oldest);
}

function keyOf(other: string | undefined, id: string | undefined): string {
  return `${other} ${id}`;
}

function bareOf(jid: string): string {
  const slash = jid.indexOf('/');
  return slash < 0 ? jid : jid.slice(0, slash);
}

/** A prime below 2^31: products of two numbers below it stay exact. */
const PRIME = 2_147_483_629;

/** An even spread over 0…PRIME−1 for each (text, salt). */
function weightOf(text: string, salt: number): number {
  let hash = salt * 48_271;
  for (let at = 0; at < text.length; at++) hash = (hash * 31 + text.charCodeAt(at)) % PRIME;
  // Two rounds of a multiplicative generator: neighbouring salts must not give neighbouring weights.
  return (((hash * 48_271) % PRIME) * 69_621) % PRIME;
}
