import type { Channel } from '@nestanza/contracts';
import type { Log } from '@nestanza/core';
import type { Unsubscribe } from '@nestanza/xmpp';
import type { PresenceChange } from '../decorators/on-presence.decorator.js';
import type { Handler } from '../handlers/handler.js';
import { Message } from '../message.js';
import { settle } from '../outcome.js';
import { Exchange } from '../pipeline/exchange.js';
import type { Colleagues } from '../presence/colleagues.js';
import { running } from '../running-message.js';
import { Backlog } from './backlog.js';
import { logFailure } from './failure-log.js';

/** Changes that wait for one handler; of more, the oldest are dropped. */
const PRESENCE_BACKLOG = 10_000;

/** Tells one `@OnPresence` handler about the changes of its service, or of everybody known. */
export class PresenceDispatch {
  readonly #handler: Handler<'presence'>;
  readonly #log: Log;
  readonly #abort = new AbortController();
  readonly #backlog: Backlog;
  #unsubscribe: Unsubscribe | undefined;

  constructor(handler: Handler<'presence'>, log: Log) {
    this.#handler = handler;
    this.#log = log;
    this.#backlog = new Backlog(PRESENCE_BACKLOG, () =>
      log.warn('A presence handler is slower than what it follows; the oldest waiting change was dropped.', {
        handler: handler.place,
      }),
    );
  }

  start(colleagues: Colleagues, domain: string): void {
    const wanted = accountOf(this.#handler.channel, domain);
    if (wanted !== undefined) colleagues.watch(wanted);
    this.#unsubscribe = colleagues.onChange((change) => {
      if (wanted === undefined || bareOf(change.jid) === wanted) this.#backlog.add(() => this.#handle(change));
    });
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#abort.abort();
    await this.#backlog.close();
  }

  async #handle(change: PresenceChange): Promise<void> {
    const { channel, pipeline } = this.#handler;
    const message = Message.create({ source: `xmpp:${bareOf(change.jid)}`, type: 'nestanza.presence.v1' }, change);
    const exchange = new Exchange(() => message, { channel, sender: change.jid, signal: this.#abort.signal });
    try {
      await running(exchange, () => pipeline.run(exchange));
    } catch (thrown) {
      logFailure(this.#log, this.#handler, { id: message.id, settlement: settle(thrown), end: 'dropped' });
    }
  }
}

/** Bare JID of the one account a channel means; `undefined` for all. */
function accountOf({ name, service }: Channel, domain: string): string | undefined {
  if (service !== undefined) return service;
  return name === '*' ? undefined : `${name}@${domain}`;
}

function bareOf(jid: string): string {
  const slash = jid.indexOf('/');
  return slash === -1 ? jid : jid.slice(0, slash);
}
