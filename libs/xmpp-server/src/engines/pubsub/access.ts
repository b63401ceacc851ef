import type { NodeConfig } from './node-config.js';

/** XEP-0060 §4.1. */
export type Affiliation = 'owner' | 'publisher' | 'member' | 'none' | 'outcast';

export const AFFILIATIONS: readonly Affiliation[] = ['owner', 'publisher', 'member', 'none', 'outcast'];

/** Who asks, as one node sees them. */
export interface Standing {
  readonly affiliation: Affiliation;
  readonly subscribed: boolean;
}

/** Why something is refused, in the words of XEP-0060; `undefined` where it is allowed. */
export type Denial = 'outcast' | 'closed' | 'publish-model' | 'not-owner' | undefined;

/** May subscribe, and may read items (§6.1.3, §6.5.9). */
export function readDenial(config: NodeConfig, { affiliation }: Standing): Denial {
  if (affiliation === 'outcast') return 'outcast';
  if (affiliation !== 'none') return undefined;
  switch (config.accessModel) {
    case 'open':
      return undefined;
    case 'whitelist':
      return 'closed';
  }
}

/** May publish (§7.1.3.1); `publish_model` opens the node beyond its owners and publishers. */
export function publishDenial(config: NodeConfig, { affiliation, subscribed }: Standing): Denial {
  if (affiliation === 'outcast') return 'outcast';
  if (affiliation === 'owner' || affiliation === 'publisher') return undefined;
  switch (config.publishModel) {
    case 'open':
      return undefined;
    case 'subscribers':
      return subscribed ? undefined : 'publish-model';
    case 'publishers':
      return 'publish-model';
  }
}

/** May retract this item: owners any, everybody else only what is their own and only while they may publish (§4.1). */
export function retractDenial(config: NodeConfig, standing: Standing, isOwn: boolean): Denial {
  if (standing.affiliation === 'owner') return undefined;
  return publishDenial(config, standing) ?? (isOwn ? undefined : 'publish-model');
}

/** May configure, purge, delete, and manage affiliations and subscriptions (§8). */
export function ownerDenial({ affiliation }: Standing): Denial {
  return affiliation === 'owner' ? undefined : 'not-owner';
}
