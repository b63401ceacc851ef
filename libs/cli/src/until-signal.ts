/** Resolves at the first SIGINT, SIGTERM or SIGHUP. A second one then ends the process at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const ended = () => {
      for (const signal of signals) process.off(signal, ended);
      resolve();
    };
    for (const signal of signals) process.on(signal, ended);
  });
}
