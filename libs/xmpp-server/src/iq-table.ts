import { StanzaError, type Element, type Jid } from '@nestanza/xmpp';

/** Which address an IQ handler serves: the server's, an account's for anybody, or an account's for itself alone. */
export type IqTarget = 'server' | 'account' | 'own account';

export interface IqKind {
  readonly at: IqTarget;
  readonly type: 'get' | 'set';
  readonly name: string;
  readonly xmlns: string;
}

export interface IqRequest {
  readonly iq: Element;
  readonly from: Jid;
  readonly to: Jid;
  /** The one payload. */
  readonly payload: Element;
}

/** Answers a request with the result's payload; throws a `StanzaError` to refuse. */
export type IqResponder = (request: IqRequest) => Element | undefined | Promise<Element | undefined>;

/** Which module answers which IQ request on the server's and the accounts' behalf. */
export class IqTable {
  readonly #responders = new Map<string, IqResponder>();

  /** One responder for each kind; registering a kind twice is a programming error and throws. */
  answer(kind: IqKind, responder: IqResponder): void {
    const key = keyOf(kind);
    if (this.#responders.has(key)) throw new Error(`Two modules answer ${key}`);
    this.#responders.set(key, responder);
  }

  /** Runs the responder. @throws StanzaError `service-unavailable` where there is none */
  async respond(at: 'server' | 'account', request: IqRequest): Promise<Element | undefined> {
    const { payload, iq, from, to } = request;
    const kind = { type: iq.attr('type') as IqKind['type'], name: payload.name, xmlns: payload.xmlns };
    const own =
      at === 'account' && from.bare().equals(to.bare())
        ? this.#responders.get(keyOf({ at: 'own account', ...kind }))
        : undefined;
    const responder = own ?? this.#responders.get(keyOf({ at, ...kind }));
    if (responder === undefined) throw new StanzaError('service-unavailable');
    return responder(request);
  }
}

function keyOf({ at, type, name, xmlns }: IqKind): string {
  return `${at} ${type} ${name} ${xmlns}`;
}
