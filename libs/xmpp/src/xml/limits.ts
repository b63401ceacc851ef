/** Bounds on what one peer may make us hold (XMPP-wide, whatever the stanza means). All are checked while bytes arrive. */
export interface XmlLimits {
  /** Bytes of one element at stream level, or of the stream header. */
  readonly bytes: number;
  /** Elements inside one another, counted from the stanza. */
  readonly depth: number;
  /** Attributes of one element, namespace declarations included. */
  readonly attributes: number;
  /** Elements of one stanza in all. */
  readonly elements: number;
}

/** For an authenticated peer. */
export const STANZA_LIMITS: XmlLimits = { bytes: 262_144, depth: 64, attributes: 64, elements: 16_384 };

/** Before authentication nothing large is ever legal: 10,000 bytes is the least RFC 6120 §13.12 lets a server demand. */
export const NEGOTIATION_LIMITS: XmlLimits = { bytes: 10_000, depth: 16, attributes: 32, elements: 256 };
