/** Resolves when the work has ended, at the latest when the deadline aborts; the work then goes on unwatched. */
export async function byDeadline(work: Promise<unknown>, deadline: AbortSignal): Promise<void> {
  let abort: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    abort = resolve;
    if (deadline.aborted) resolve();
    deadline.addEventListener('abort', abort);
  });
  await Promise.race([work, over]);
  deadline.removeEventListener('abort', abort);
}
