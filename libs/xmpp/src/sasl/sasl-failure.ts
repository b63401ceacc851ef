import { NestanzaError } from '@nestanza/core';
import { NS_SASL } from '../namespaces.js';
import { xml, type Element } from '../xml/element.js';

const CONDITIONS = [
  'aborted',
  'account-disabled',
  'credentials-expired',
  'encryption-required',
  'incorrect-encoding',
  'invalid-authzid',
  'invalid-mechanism',
  'malformed-request',
  'mechanism-too-weak',
  'not-authorized',
  'temporary-auth-failure',
] as const;

/** Conditions of RFC 6120 §6.5. */
export type SaslCondition = (typeof CONDITIONS)[number];

/** A refused authentication, as the server sends it and as the client reads it. */
export class SaslFailure extends NestanzaError {
  readonly condition: SaslCondition;
  readonly text: string | undefined;

  constructor(condition: SaslCondition, text?: string) {
    super('NST_XMPP_SASL', `Authentication was refused: ${condition}${text === undefined ? '' : ` (${text})`}.`, {
      retryable: condition === 'temporary-auth-failure',
      facts: { condition },
    });
    this.condition = condition;
    this.text = text;
  }

  /** An unknown condition reads as `not-authorized` (RFC 6120 §6.4.5: clients treat it as a generic failure). */
  static fromElement(failure: Element): SaslFailure {
    const names = failure.elements().map((child) => child.name);
    return new SaslFailure(
      CONDITIONS.find((known) => names.includes(known)) ?? 'not-authorized',
      failure.childText('text'),
    );
  }

  toElement(): Element {
    return xml(
      'failure',
      { xmlns: NS_SASL },
      xml(this.condition),
      this.text !== undefined && xml('text', {}, this.text),
    );
  }
}
