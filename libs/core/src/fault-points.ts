/** What happens when execution reaches a fault point; installed by tests only. May throw, wait, or kill the process. */
export type FaultHandler = (point: string) => void | Promise<void>;

const registered = new Set<string>();
let handler: FaultHandler | undefined;

/**
 * Declares a named place between two durable actions (`outbox.confirmed`, `step.recorded`), where a crash test can
 * strike. The returned function costs one comparison while no handler is installed.
 */
export function faultPoint(name: string): () => void | Promise<void> {
  registered.add(name);
  return () => handler?.(name);
}

/** Every fault point of the libraries loaded so far, sorted: the crash suite strikes at each. */
export function faultPoints(): readonly string[] {
  return [...registered].sort();
}

/** Installs `next` for the whole process; `undefined` removes it. */
export function onFaultPoint(next: FaultHandler | undefined): void {
  handler = next;
}
