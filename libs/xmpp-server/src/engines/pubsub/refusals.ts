import { NS_PUBSUB_ERRORS, StanzaError, type StanzaErrorCondition, xml } from '@nestanza/xmpp';
import type { Denial } from './access.js';

/** The conditions of XEP-0060 §15, schema `pubsub#errors`, that this engine uses. */
type PubSubCondition =
  | 'closed-node'
  | 'invalid-jid'
  | 'invalid-options'
  | 'invalid-payload'
  | 'item-required'
  | 'jid-required'
  | 'nodeid-required'
  | 'not-subscribed'
  | 'payload-required'
  | 'payload-too-big'
  | 'precondition-not-met'
  | 'too-many-subscriptions'
  | 'unsupported-access-model';

/** A stanza error with its PubSub-specific companion. */
export function refusal(condition: StanzaErrorCondition, detail?: PubSubCondition, text?: string): StanzaError {
  return new StanzaError(condition, {
    ...(text !== undefined && { text }),
    ...(detail !== undefined && { details: [xml(detail, { xmlns: NS_PUBSUB_ERRORS })] }),
  });
}

/** `feature-not-implemented` naming the feature (§6.1.3.11 and others). */
export function unsupported(feature: string): StanzaError {
  return new StanzaError('feature-not-implemented', {
    details: [xml('unsupported', { xmlns: NS_PUBSUB_ERRORS, feature })],
  });
}

/** §6.2.3.2; type cancel as in the XEP's example, where the RFC's default is wait. */
export function notSubscribed(): StanzaError {
  return new StanzaError('unexpected-request', {
    type: 'cancel',
    details: [xml('not-subscribed', { xmlns: NS_PUBSUB_ERRORS })],
  });
}

/** Throws what XEP-0060 prescribes for a denial; returns for `undefined`. */
export function enforce(denial: Denial): void {
  switch (denial) {
    case undefined:
      return;
    case 'closed':
      throw refusal('not-allowed', 'closed-node'); // §6.1.3.4, §6.5.9.6
    case 'outcast': // §6.1.3.8
    case 'publish-model': // §7.1.3.1
    case 'not-owner': // §8.2.3.2 and the like
      throw refusal('forbidden');
  }
}
