import { toError, type Log } from '@nestanza/core';
import type { IqHandler, Unsubscribe } from '../connection.js';
import { errorReply, resultReply } from '../stanza/iq.js';
import { StanzaError } from '../stanza/stanza-error.js';
import type { Element } from '../xml/element.js';

/** Requests handled at once; more are refused, to be repeated later. */
const MAX_RUNNING = 10_000;

/** Answers IQ requests: every one gets exactly one reply (RFC 6120 §8.2.3). */
export class IqResponder {
  readonly #log: Log;
  readonly #handlers = new Map<string, IqHandler>();
  #running = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @throws TypeError when the payload has a handler already */
  register(
    type: 'get' | 'set',
    payload: { readonly name: string; readonly xmlns: string },
    handler: IqHandler,
  ): Unsubscribe {
    const key = handlerKey(type, payload);
    if (this.#handlers.has(key)) throw new TypeError(`Two handlers answer the IQ ${key}.`);
    this.#handlers.set(key, handler);
    return () => {
      if (this.#handlers.get(key) === handler) this.#handlers.delete(key);
    };
  }

  /** Handles a request and passes its reply to `reply`, later where the handler is slow. Never throws. */
  respond(iq: Element, reply: (stanza: Element) => void): void {
    const handler = this.#find(iq);
    if (handler instanceof StanzaError) return this.#reply(iq, reply, errorReply(iq, handler));
    const done = (payload: Element | undefined) => this.#reply(iq, reply, resultReply(iq, payload));
    const failed = (error: unknown) => this.#reply(iq, reply, errorReply(iq, this.#refusal(iq, error)));
    let outcome: ReturnType<IqHandler>;
    try {
      outcome = handler(iq);
    } catch (error) {
      return failed(error);
    }
    if (!(outcome instanceof Promise)) return done(outcome);
    this.#running++;
    void outcome.then(done, failed).finally(() => this.#running--);
  }

  /** A reply that cannot be written, for a character that XML does not allow say, is replaced by an error. */
  #reply(iq: Element, reply: (stanza: Element) => void, stanza: Element): void {
    try {
      reply(stanza);
    } catch (error) {
      this.#log.error('An IQ reply could not be sent', logged(iq, error));
      if (stanza.attr('type') === 'result')
        this.#reply(iq, reply, errorReply(iq, new StanzaError('internal-server-error')));
    }
  }

  #find(iq: Element): IqHandler | StanzaError {
    const [payload, ...others] = iq.elements();
    const type = iq.attr('type');
    // §8.2.3: an id, a known type, and one payload.
    if (
      iq.attr('id') === undefined ||
      payload === undefined ||
      others.length > 0 ||
      (type !== 'get' && type !== 'set')
    ) {
      return new StanzaError('bad-request');
    }
    if (this.#running >= MAX_RUNNING) return new StanzaError('resource-constraint');
    return this.#handlers.get(handlerKey(type, payload)) ?? new StanzaError('service-unavailable');
  }

  #refusal(iq: Element, error: unknown): StanzaError {
    if (error instanceof StanzaError) return error;
    this.#log.error('An IQ handler failed', logged(iq, error));
    return new StanzaError('internal-server-error');
  }
}

function logged(iq: Element, error: unknown): { from: string | undefined; payload: string | undefined; error: Error } {
  return { from: iq.attr('from'), payload: iq.elements()[0]?.xmlns, error: toError(error) };
}

function handlerKey(type: string, { name, xmlns }: { readonly name: string; readonly xmlns: string }): string {
  return `${type} {${xmlns}}${name}`;
}
