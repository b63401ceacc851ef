import { NestanzaError } from '@nestanza/core';
import { NS_STREAM_ERRORS, NS_STREAMS } from '../namespaces.js';
import { xml, type Element } from '../xml/element.js';

const CONDITIONS = [
  'bad-format',
  'bad-namespace-prefix',
  'conflict',
  'connection-timeout',
  'host-gone',
  'host-unknown',
  'improper-addressing',
  'internal-server-error',
  'invalid-from',
  'invalid-namespace',
  'invalid-xml',
  'not-authorized',
  'not-well-formed',
  'policy-violation',
  'remote-connection-failed',
  'reset',
  'resource-constraint',
  'restricted-xml',
  'see-other-host',
  'system-shutdown',
  'undefined-condition',
  'unsupported-encoding',
  'unsupported-feature',
  'unsupported-stanza-type',
  'unsupported-version',
] as const;

/** Conditions of RFC 6120 §4.9.3. */
export type StreamErrorCondition = (typeof CONDITIONS)[number];

/** What would come again at once, however often one connects. */
const FINAL: ReadonlySet<StreamErrorCondition> = new Set<StreamErrorCondition>([
  'conflict',
  'host-gone',
  'invalid-namespace',
  'not-authorized',
  'unsupported-version',
]);

/** The error that ended a stream (RFC 6120 §4.9), raised by either side. */
export class StreamError extends NestanzaError {
  readonly condition: StreamErrorCondition;
  readonly text: string | undefined;

  constructor(condition: StreamErrorCondition, text?: string, options: { readonly cause?: unknown } = {}) {
    super('NST_XMPP_STREAM', `The XMPP stream ended with ${condition}${text === undefined ? '' : `: ${text}`}.`, {
      retryable: !FINAL.has(condition),
      facts: { condition },
      cause: options.cause,
    });
    this.condition = condition;
    this.text = text;
  }

  static fromElement(element: Element): StreamError {
    const names = element.elements(undefined, NS_STREAM_ERRORS).map((child) => child.name);
    const condition = CONDITIONS.find((known) => names.includes(known)) ?? 'undefined-condition';
    return new StreamError(condition, element.childText('text', NS_STREAM_ERRORS));
  }

  toElement(): Element {
    return xml(
      'error',
      { xmlns: NS_STREAMS },
      xml(this.condition, { xmlns: NS_STREAM_ERRORS }),
      this.text !== undefined && xml('text', { xmlns: NS_STREAM_ERRORS }, this.text),
    );
  }
}
