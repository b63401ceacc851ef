import type { Session } from './session.js';

/** Bound sessions by account and resource, with what RFC 6121 asks of them: who is available, who comes first. */
export class SessionIndex {
  readonly #accounts = new Map<string, Map<string, Session>>();

  add(session: Session): void {
    const { local, resource } = session.jid;
    const sessions = this.#accounts.get(local) ?? new Map<string, Session>();
    sessions.set(resource, session);
    this.#accounts.set(local, sessions);
  }

  /** Takes the session out, unless another one has its place already. */
  remove(session: Session): void {
    const { local, resource } = session.jid;
    const sessions = this.#accounts.get(local);
    if (sessions?.get(resource) !== session) return;
    sessions.delete(resource);
    if (sessions.size === 0) this.#accounts.delete(local);
  }

  find(account: string, resource: string): Session | undefined {
    return this.#accounts.get(account)?.get(resource);
  }

  /** Every bound session of the account, available or not. */
  of(account: string): readonly Session[] {
    return [...(this.#accounts.get(account)?.values() ?? [])];
  }

  /** Those that sent available presence, whatever their priority. */
  available(account: string): readonly Session[] {
    return this.of(account).filter((session) => session.presence !== undefined);
  }

  /** Those that messages to the bare JID may reach: available, priority 0 or more. */
  reachable(account: string): readonly Session[] {
    return this.of(account).filter((session) => session.priority >= 0);
  }

  /** Those of the highest priority among the reachable: each gets a copy. */
  best(account: string): readonly Session[] {
    const reachable = this.reachable(account);
    const top = Math.max(...reachable.map(({ priority }) => priority));
    return reachable.filter(({ priority }) => priority === top);
  }

  all(): readonly Session[] {
    return [...this.#accounts.values()].flatMap((sessions) => [...sessions.values()]);
  }
}
