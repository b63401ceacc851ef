import { errorText, NestanzaError, pause, type Log } from '@nestanza/core';
import type { AccountStore } from '../store/account.store.js';

/** How often the host looks for dismissed accounts, and how often a member looks whether one is gone. */
const PULSE = 500;
const GLANCE = 50;
/** A host must have removed the account within this time. */
const PATIENCE = 15_000;

/** Removes accounts that any member dismissed, until `signal` aborts. A failure is logged and tried again. */
export async function removeDismissed(
  accounts: AccountStore,
  { remove, log, signal }: { remove: (name: string) => Promise<unknown>; log: Log; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      for (const name of await accounts.leaving()) await remove(name);
    } catch (error) {
      log.warn('a dismissed account could not be removed yet', { error: errorText(error) });
    }
    await pause(PULSE, { signal });
  }
}

/**
 * Dismisses an account and waits until the host has removed it.
 * @returns false when there is none
 * @throws NestanzaError `NST_SERVER_JOIN` (retryable) when no host removes it in time; it cannot log in, and the next host does
 */
export async function dismissAndWait(accounts: AccountStore, name: string): Promise<boolean> {
  if (!(await accounts.dismiss(name))) return false;
  for (let waited = 0; waited < PATIENCE; waited += GLANCE) {
    if (!(await accounts.leaving()).includes(name)) return true;
    await pause(GLANCE);
  }
  throw new NestanzaError('NST_SERVER_JOIN', `No host has removed the account "${name}" yet; the next one will.`, {
    retryable: true,
    facts: { name },
  });
}
