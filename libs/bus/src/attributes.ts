/**
 * CloudEvents 1.0.2 context attributes and extensions, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 * Every attribute that Nestanza writes or reads has its entry here; docs/cloudevents-xmpp.md says how they travel.
 */

/** Values CloudEvents allows in JSON; a header's value is one of these. */
export type AttributeValue = string | number | boolean;

/** The attributes of one message. Extensions not named here are kept as they came. */
export interface MessageAttributes {
  readonly specversion: '1.0';
  /** UUIDv7; unique per source. With the authenticated sender it is the identity by which duplicates are dropped. */
  readonly id: string;
  /** URI of the producer: `xmpp:<bare JID>`. Checked against the authenticated sender where that is known. */
  readonly source: string;
  /** Contract type with its version: `order.placed.v1`. */
  readonly type: string;
  /** When the message was made, RFC 3339. */
  readonly time?: string;
  /** Media type of the body; absent: `application/json`. */
  readonly datacontenttype?: string;
  /** URI of the schema that the body follows. */
  readonly dataschema?: string;
  /** What the message is about, within its source. */
  readonly subject?: string;
  /** Id that all messages of one conversation share; the first message's own id. */
  readonly correlationid?: string;
  /** Id of the message whose handling sent this one. */
  readonly causationid?: string;
  /** W3C trace context of the sender. */
  readonly traceparent?: string;
  /** W3C vendor trace state that goes with `traceparent`. */
  readonly tracestate?: string;
  /** Ordering key: messages of one key are handled in the order of their publication. */
  readonly partitionkey?: string;
  /** Place in the stream of one source and channel, in commit order; a jump is a gap. */
  readonly sequence?: string;
  /** After this time, RFC 3339, the message is no longer worth handling. */
  readonly expirytime?: string;
  /** Where the body is kept when it is too large to travel (claim check). */
  readonly dataref?: string;
  /** How grave an alert is: `info`, `warning`, `critical`. */
  readonly severity?: string;
  /** Channel that an answer should go to (ours). */
  readonly replyto?: string;
  /** Place among waiting messages, 0 first (ours). */
  readonly priority?: number;
  /** How often handling was tried before, where a message is forwarded (ours). */
  readonly attempt?: number;
  readonly [extension: string]: AttributeValue | undefined;
}

/** Attribute names: lower-case letters and digits only (CloudEvents §3.1). */
export const ATTRIBUTE_NAME = /^[a-z0-9]{1,40}$/;

/** Names that a JSON CloudEvent uses for its body; never attributes. */
export const BODY_MEMBERS: ReadonlySet<string> = new Set(['data', 'data_base64']);
