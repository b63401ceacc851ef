import type { RoomConfig } from './room-config.js';

/** XEP-0045 §5: what a JID is to a room for good, and what an occupant may do while present. Pure rules. */
export type Affiliation = 'owner' | 'admin' | 'member' | 'none' | 'outcast';
export type Role = 'moderator' | 'participant' | 'visitor' | 'none';

const RANKS: Readonly<Record<Affiliation, number>> = { owner: 3, admin: 2, member: 1, none: 0, outcast: -1 };
const ROLES: readonly Role[] = ['moderator', 'participant', 'visitor', 'none'];

export function isAffiliation(text: string | undefined): text is Affiliation {
  return text !== undefined && Object.hasOwn(RANKS, text);
}

export function isRole(text: string | undefined): text is Role {
  return ROLES.includes(text as Role);
}

export function isAtLeast(affiliation: Affiliation, least: Affiliation): boolean {
  return RANKS[affiliation] >= RANKS[least];
}

/** Who may be in a room that is what `config` says (§7.2.6, §7.2.7). */
export function mayStay(config: RoomConfig, affiliation: Affiliation): boolean {
  return affiliation !== 'outcast' && (!config.membersOnly || isAtLeast(affiliation, 'member'));
}

/** §5.1.2: the role somebody enters with. */
export function initialRole(config: RoomConfig, affiliation: Affiliation): Role {
  if (isAtLeast(affiliation, 'admin')) return 'moderator';
  return affiliation === 'member' || !config.moderated ? 'participant' : 'visitor';
}

export interface Standing {
  readonly affiliation: Affiliation;
  readonly role: Role;
}

export type Verdict = 'allowed' | 'forbidden' | 'not-allowed';

/** §8.2 to §9.7: whether `actor` may give `target` this role. */
export function roleVerdict(actor: Standing, target: Standing, role: Role): Verdict {
  if (actor.role !== 'moderator') return 'forbidden';
  // §8.2, §8.4, §9.7: nobody touches those who stand above, and owners and admins keep moderating.
  if (role !== 'moderator' && isAtLeast(target.affiliation, 'admin')) return 'not-allowed';
  if (!isAtLeast(actor.affiliation, target.affiliation)) return 'not-allowed';
  // §9.6: moderators are made, and unmade, by admins.
  if ((role === 'moderator' || target.role === 'moderator') && !isAtLeast(actor.affiliation, 'admin')) {
    return role === 'moderator' ? 'forbidden' : 'not-allowed';
  }
  return 'allowed';
}

/** §9.1 to §10.8: whether `actor` may turn an affiliation into another. */
export function affiliationVerdict(actor: Affiliation, before: Affiliation, after: Affiliation): Verdict {
  if (actor === 'owner') return 'allowed';
  if (actor !== 'admin') return 'forbidden';
  if (isAtLeast(before, 'admin')) return 'not-allowed';
  return isAtLeast(after, 'admin') ? 'forbidden' : 'allowed';
}
