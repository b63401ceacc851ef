import type { Channel } from '@nestanza/contracts';

/** Who is called, and what. */
export interface CallTarget {
  /** Bare JID of the account or component. */
  readonly address: string;
  readonly method: string;
}

/** A local `rpc:inventory.reserve` is the method `inventory.reserve` of the account `inventory`. */
export function callTarget({ service, name }: Channel, domain: string): CallTarget {
  return { address: service ?? `${name.split('.', 1)[0]}@${domain}`, method: name };
}
