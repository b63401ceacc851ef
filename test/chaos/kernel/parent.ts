/** Tells the parent process, if it is still there. */
export function tellParent(message: string): void {
  if (process.connected) process.send?.(message);
}

/** Resolves when the parent lets this process end: it disconnects, or is gone, perhaps since before the call. */
export function released(): Promise<void> {
  return process.connected ? new Promise((resolve) => process.once('disconnect', () => resolve())) : Promise.resolve();
}
