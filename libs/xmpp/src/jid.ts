import { NestanzaError } from '@nestanza/core';
import { normalizeDomain } from './precis/domain.js';
import { opaqueString, usernameCaseMapped } from './precis/profiles.js';

/** RFC 7622 §3.2 to §3.4: each part, in bytes of UTF-8. */
const MAX_BYTES = 1023;
/** RFC 7622 §3.3.1: allowed by PRECIS, yet not in a localpart. */
const LOCAL_EXCLUDED = /["&'/:<>@]/;
/** Parsed addresses kept; the older half goes when it is full. */
const CACHED = 4_096;

export interface JidParts {
  readonly local?: string;
  readonly domain: string;
  readonly resource?: string;
}

/**
 * An XMPP address (RFC 7622), normalised at construction: equal addresses have equal texts. Local part and resource
 * are empty where absent.
 */
export class Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
  readonly #text: string;
  #bare: Jid | undefined;

  private constructor(local: string, domain: string, resource: string) {
    this.local = local;
    this.domain = domain;
    this.resource = resource;
    this.#text = `${local === '' ? '' : `${local}@`}${domain}${resource === '' ? '' : `/${resource}`}`;
  }

  /**
   * The address that a text names.
   * @throws NestanzaError `NST_XMPP_JID` naming the part that is wrong
   */
  static parse(text: string): Jid {
    const known = recent.get(text) ?? older.get(text);
    if (known !== undefined) return known;
    const jid = parse(text);
    // The key is copied: a slice would keep the whole received chunk alive.
    remember(text === jid.#text ? jid.#text : Buffer.from(text).toString(), jid);
    return jid;
  }

  /**
   * The address with these parts.
   * @throws NestanzaError `NST_XMPP_JID` naming the part that is wrong
   */
  static of({ local = '', domain, resource = '' }: JidParts): Jid {
    return new Jid(
      local === '' ? '' : normalized('local part', local, normalizeLocal),
      normalized('domain', domain, normalizeDomain),
      resource === '' ? '' : normalized('resource', resource, opaqueString),
    );
  }

  /** This address without its resource. */
  bare(): Jid {
    if (this.resource === '') return this;
    return (this.#bare ??= new Jid(this.local, this.domain, ''));
  }

  get isBare(): boolean {
    return this.resource === '';
  }

  equals(other: Jid): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): string {
    return this.#text;
  }
}

let recent = new Map<string, Jid>();
let older: ReadonlyMap<string, Jid> = new Map();

function remember(text: string, jid: Jid): void {
  if (recent.size >= CACHED / 2) {
    older = recent;
    recent = new Map();
  }
  recent.set(text, jid);
}

/** RFC 7622 §3.1: the first `/` ends the domain, the first `@` before it ends the local part. */
function parse(text: string): Jid {
  const slash = text.indexOf('/');
  const beforeResource = slash === -1 ? text : text.slice(0, slash);
  const at = beforeResource.indexOf('@');
  const local = at === -1 ? '' : beforeResource.slice(0, at);
  const resource = slash === -1 ? '' : text.slice(slash + 1);
  if (at === 0) throw malformed('local part', '', 'it is empty');
  if (slash !== -1 && resource === '') throw malformed('resource', '', 'it is empty');
  return Jid.of({ local, domain: beforeResource.slice(at + 1), resource });
}

function normalizeLocal(text: string): string {
  const local = usernameCaseMapped(text);
  const excluded = LOCAL_EXCLUDED.exec(local)?.[0];
  if (excluded !== undefined) throw new TypeError(`${excluded} is not allowed in it (XEP-0106 escapes it)`);
  return local;
}

function normalized(part: string, text: string, normalize: (text: string) => string): string {
  // Bounds the work before it is done: no profile makes a text much shorter.
  if (text.length > 4 * MAX_BYTES) throw malformed(part, text, `it is longer than ${MAX_BYTES} bytes`);
  let result: string;
  try {
    result = normalize(text);
  } catch (error) {
    if (error instanceof TypeError) throw malformed(part, text, error.message);
    throw error;
  }
  if (Buffer.byteLength(result) > MAX_BYTES) throw malformed(part, text, `it is longer than ${MAX_BYTES} bytes`);
  return result;
}

function malformed(part: string, text: string, why: string): NestanzaError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new NestanzaError('NST_XMPP_JID', `The ${part} "${shown}" of an XMPP address is malformed: ${why}.`, {
    facts: { part, text: shown },
  });
}
