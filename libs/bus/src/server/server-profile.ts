/**
 * What one PubSub service does, found by trying: it is never told by a product's name. Every difference between
 * services that the bus acts upon stands here.
 */
export interface ServerProfile {
  /** JID of the service. */
  readonly pubsub: string;
  /** Whether this account may create nodes there. */
  readonly creates: boolean;
  /**
   * True where notifications and pages of items both name the authenticated publisher, and never one whom the
   * publisher has named itself. Otherwise nobody knows who published.
   */
  readonly stampsPublisher: boolean;
  /** Whether it gives items page by page (XEP-0059); `undefined` where that could not be tried. */
  readonly pages: boolean | undefined;
  /** Items that a node keeps at most, the oldest go first; `undefined` where it could not be measured. */
  readonly keeps: number | undefined;
}

/** A service of which nothing is known but its address. */
export function unknownServer(pubsub: string): ServerProfile {
  return { pubsub, creates: false, stampsPublisher: false, pages: undefined, keeps: undefined };
}
