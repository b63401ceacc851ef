import { NestanzaError } from '@nestanza/core';
import { Jid } from '@nestanza/xmpp';
import type { AccountStore } from '../store/account.store.js';
import { accountWith } from './stored-accounts.js';

/** Accounts that people create; services need none (their passwords are derived). */
export interface UserCommands {
  /**
   * @throws NestanzaError `NST_SERVER_USER_EXISTS` · `NST_SERVER_USER_RESERVED` for the name of a deleted account ·
   * `NST_SERVER_USER_NAME` when it is no local part, or the password is empty
   */
  create(name: string, password: string): Promise<void>;
  /**
   * Removes the account with its roster, stored messages and subscriptions; its sessions end. Its name stays reserved.
   * @throws NestanzaError `NST_SERVER_USER_UNKNOWN`
   */
  delete(name: string): Promise<void>;
  /** Local parts, sorted. */
  list(): Promise<readonly string[]>;
}

/** @param remove - removes the account of a normalised name with all that belongs to it; false when there was none */
export function userCommands(
  domain: string,
  accounts: AccountStore,
  remove: (name: string) => Promise<boolean>,
): UserCommands {
  return {
    async create(text, password) {
      const name = accountName(domain, text);
      if (password === '') throw wrongName(text, 'its password is empty');
      if (await accounts.add(await accountWith(name, password))) return;
      if (await accounts.isReserved(name)) throw reservedName(name);
      throw new NestanzaError('NST_SERVER_USER_EXISTS', `There is an account "${name}" already.`, { facts: { name } });
    },
    async delete(text) {
      const name = accountName(domain, text);
      if (await remove(name)) return;
      throw new NestanzaError('NST_SERVER_USER_UNKNOWN', `There is no account "${name}".`, { facts: { name } });
    },
    list: () => accounts.names(),
  };
}

/** The local part as the server stores it. @throws NestanzaError `NST_SERVER_USER_NAME` */
export function accountName(domain: string, text: string): string {
  try {
    const { local } = Jid.of({ local: text, domain });
    if (local !== '') return local;
  } catch (cause) {
    throw wrongName(text, 'it is no local part of a JID', cause);
  }
  throw wrongName(text, 'it is empty');
}

export function reservedName(name: string): NestanzaError {
  return new NestanzaError('NST_SERVER_USER_RESERVED', `The account "${name}" was deleted; its name stays reserved.`, {
    facts: { name },
  });
}

function wrongName(name: string, why: string, cause?: unknown): NestanzaError {
  return new NestanzaError('NST_SERVER_USER_NAME', `"${name}" cannot be an account: ${why}.`, {
    facts: { name },
    cause,
  });
}
