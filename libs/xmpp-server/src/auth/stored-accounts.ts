import { scramCredentials, type ScramCredentials, type ScramHash } from '@nestanza/xmpp/internal';
import type { Account, AccountStore, ScramSecret } from '../store/account.store.js';
import { SCRAM_ITERATIONS, type CredentialSource } from './credential-source.js';

const HASHES: readonly ScramHash[] = ['SHA-256', 'SHA-1'];

/** Accounts whose password was set by somebody: the store keeps what SCRAM needs of it and nothing more. */
export function storedAccounts(accounts: AccountStore): CredentialSource {
  return {
    async credentials(name, hash) {
      const account = await accounts.find(name);
      const secret = account?.secrets[hash];
      return secret && fromSecret(secret);
    },
  };
}

/** An account as it is stored for this password. */
export async function accountWith(name: string, password: string): Promise<Account> {
  const entries = HASHES.map(async (hash) => {
    const credentials = await scramCredentials(hash, password, { iterations: SCRAM_ITERATIONS });
    return [hash, toSecret(credentials)] as const;
  });
  return { name, secrets: Object.fromEntries(await Promise.all(entries)) };
}

function toSecret({ salt, iterations, storedKey, serverKey }: ScramCredentials): ScramSecret {
  return { salt: base64(salt), iterations, storedKey: base64(storedKey), serverKey: base64(serverKey) };
}

function fromSecret({ salt, iterations, storedKey, serverKey }: ScramSecret): ScramCredentials {
  return { salt: bytes(salt), iterations, storedKey: bytes(storedKey), serverKey: bytes(serverKey) };
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64');
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
