/** A JID (RFC 7622), normalised at construction. */
export class Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;

  private constructor(local: string, domain: string, resource: string) {
    this.local = local;
    this.domain = domain;
    this.resource = resource;
  }

  /** @throws NestanzaError `NST_XMPP_JID` naming the part that is wrong */
  static parse(text: string): Jid {
    throw new Error(text);
  }

  static of(parts: { readonly local?: string; readonly domain: string; readonly resource?: string }): Jid {
    return new Jid(parts.local ?? '', parts.domain, parts.resource ?? '');
  }
}
