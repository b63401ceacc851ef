import { NestanzaError } from '@nestanza/core';
import { NS_CLIENT, NS_STANZA_ERRORS } from '../namespaces.js';
import { xml, type Element } from '../xml/element.js';

/** Namespace of the element that carries a stable code beside the RFC's condition. */
export const NS_NESTANZA_ERRORS = 'urn:nestanza:errors:1';

/** What the sender may do about it (RFC 6120 §8.3.2). */
export type StanzaErrorType = 'auth' | 'cancel' | 'continue' | 'modify' | 'wait';

/** Every defined condition with the error type that goes with it (RFC 6120 §8.3.3). */
const TYPES = {
  'bad-request': 'modify',
  conflict: 'cancel',
  'feature-not-implemented': 'cancel',
  forbidden: 'auth',
  gone: 'cancel',
  'internal-server-error': 'cancel',
  'item-not-found': 'cancel',
  'jid-malformed': 'modify',
  'not-acceptable': 'modify',
  'not-allowed': 'cancel',
  'not-authorized': 'auth',
  'policy-violation': 'modify',
  'recipient-unavailable': 'wait',
  redirect: 'modify',
  'registration-required': 'auth',
  'remote-server-not-found': 'cancel',
  'remote-server-timeout': 'wait',
  'resource-constraint': 'wait',
  'service-unavailable': 'cancel',
  'subscription-required': 'auth',
  'undefined-condition': 'cancel',
  'unexpected-request': 'wait',
} as const satisfies Record<string, StanzaErrorType>;

export type StanzaErrorCondition = keyof typeof TYPES;

export interface StanzaErrorOptions {
  /** Default: the type that RFC 6120 gives the condition. */
  readonly type?: StanzaErrorType;
  /** Human-readable; goes over the wire. */
  readonly text?: string;
  /** Stable code for programs (`urn:nestanza:errors:1`), such as a contract's `OUT_OF_STOCK`. */
  readonly appCode?: string;
  /** Further application-specific conditions, each in a namespace of its own. */
  readonly details?: readonly Element[];
  readonly cause?: unknown;
}

const TYPE_NAMES: ReadonlySet<string> = new Set<StanzaErrorType>(['auth', 'cancel', 'continue', 'modify', 'wait']);

function isCondition(name: string): name is StanzaErrorCondition {
  return Object.hasOwn(TYPES, name);
}

/**
 * A stanza error (RFC 6120 §8.3): what an IQ was answered with, or thrown by a handler to refuse one.
 * `retryable` is true for type `wait`.
 */
export class StanzaError extends NestanzaError {
  readonly condition: StanzaErrorCondition;
  readonly type: StanzaErrorType;
  readonly text: string | undefined;
  readonly appCode: string | undefined;
  readonly details: readonly Element[];

  constructor(condition: StanzaErrorCondition, options: StanzaErrorOptions = {}) {
    const type = options.type ?? TYPES[condition];
    super('NST_XMPP_STANZA', options.text === undefined ? condition : `${condition}: ${options.text}`, {
      retryable: type === 'wait',
      facts: { condition, type, appCode: options.appCode },
      cause: options.cause,
    });
    this.condition = condition;
    this.type = type;
    this.text = options.text;
    this.appCode = options.appCode;
    this.details = options.details ?? [];
  }

  /** The error of a stanza of type `error`. An unknown or missing condition becomes `undefined-condition` (§8.3.3.21). */
  static fromElement(stanza: Element): StanzaError {
    const error = stanza.child('error', stanza.xmlns);
    const elements = error?.elements() ?? [];
    const name = elements.find((child) => child.xmlns === NS_STANZA_ERRORS && isCondition(child.name))?.name;
    const type = error?.attr('type');
    return new StanzaError(name !== undefined && isCondition(name) ? name : 'undefined-condition', {
      type: type !== undefined && TYPE_NAMES.has(type) ? (type as StanzaErrorType) : undefined,
      text: error?.childText('text', NS_STANZA_ERRORS),
      appCode: error?.childText('code', NS_NESTANZA_ERRORS),
      details: elements.filter((child) => child.xmlns !== NS_STANZA_ERRORS && child.xmlns !== NS_NESTANZA_ERRORS),
    });
  }

  /** The `<error/>` element to put into a stanza of type `error`. */
  toElement(): Element {
    return xml(
      'error',
      { xmlns: NS_CLIENT, type: this.type },
      xml(this.condition, { xmlns: NS_STANZA_ERRORS }),
      this.text !== undefined && xml('text', { xmlns: NS_STANZA_ERRORS }, this.text),
      this.appCode !== undefined && xml('code', { xmlns: NS_NESTANZA_ERRORS }, this.appCode),
      ...this.details,
    );
  }
}
