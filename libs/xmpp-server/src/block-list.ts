import { Jid } from '@nestanza/xmpp';

/** Addresses that an account wants nothing to do with; each form blocks what it covers (XEP-0191 §3, RFC 6120 §10). */
export class BlockList {
  readonly #addresses: Set<string>;

  constructor(addresses: Iterable<string> = []) {
    this.#addresses = new Set(addresses);
  }

  /** In the order of blocking. */
  get addresses(): readonly string[] {
    return [...this.#addresses];
  }

  get size(): number {
    return this.#addresses.size;
  }

  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  with(addresses: readonly string[]): BlockList {
    return new BlockList([...this.#addresses, ...addresses]);
  }

  without(addresses: readonly string[]): BlockList {
    return new BlockList(this.addresses.filter((address) => !addresses.includes(address)));
  }

  /** Whether a stanza from or to this JID is stopped. */
  covers(jid: Jid): boolean {
    if (this.#addresses.size === 0) return false;
    const { local, domain, resource } = jid;
    return (
      this.#addresses.has(jid.toString()) ||
      (local !== '' && this.#addresses.has(`${local}@${domain}`)) ||
      (resource !== '' && this.#addresses.has(`${domain}/${resource}`)) ||
      this.#addresses.has(domain)
    );
  }
}
