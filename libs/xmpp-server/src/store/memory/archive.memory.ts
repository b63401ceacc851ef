import type { ArchivePage, ArchiveQuery, ArchiveStore, NewArchivedMessage } from '../archive.store.js';

export class MemoryArchive implements ArchiveStore {
  readonly #messages = new Map<string, NewArchivedMessage[]>();

  async add(account: string, message: NewArchivedMessage, keep: number): Promise<void> {
    const messages = this.#messages.get(account) ?? [];
    messages.push(message);
    this.#messages.set(account, messages.slice(-keep));
  }

  async page(account: string, query: ArchiveQuery): Promise<ArchivePage | undefined> {
    const all = this.#messages.get(account) ?? [];
    const bound = query.after ?? query.before;
    const at = bound === undefined ? -1 : all.findIndex(({ id }) => id === bound);
    if (bound !== undefined && at < 0) return undefined;
    const fits = all.filter((message) => isWanted(message, query));
    const window = bound === undefined ? fits : fits.filter((message) => isBeside(all.indexOf(message), at, query));
    const backwards = query.newest === true || query.before !== undefined;
    const page = backwards ? window.slice(Math.max(0, window.length - query.max)) : window.slice(0, query.max);
    return { messages: page, complete: page.length === window.length, count: fits.length };
  }

  forget(account: string): void {
    this.#messages.delete(account);
  }
}

function isWanted(message: NewArchivedMessage, { peer, resource, start, end }: ArchiveQuery): boolean {
  return (
    (peer === undefined || message.peer === peer) &&
    (resource === undefined || message.resource === resource) &&
    (start === undefined || message.at >= start) &&
    (end === undefined || message.at <= end)
  );
}

function isBeside(position: number, at: number, { after }: ArchiveQuery): boolean {
  return after === undefined ? position < at : position > at;
}
