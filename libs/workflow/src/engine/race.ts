import type { Execution } from './execution.js';
import type { StepEnd } from './operation.js';

/**
 * Begins all branches; the name of the one that settles first is recorded. When the run is continued the recorded one
 * has won, whichever would come first now.
 */
export async function race(
  execution: Execution,
  branches: Readonly<Record<string, () => Promise<unknown>>>,
  key: string | undefined,
): Promise<{ readonly winner: string; readonly result: unknown }> {
  const begun = new Map(Object.entries(branches).map(([name, begin]) => [name, begin()]));
  const settled = [...begun].map(([name, promise]) =>
    promise.then(
      () => name,
      () => name,
    ),
  );
  const winner = await execution.perform({ kind: 'race', name: 'race', key }, async (): Promise<StepEnd> => ({
    output: JSON.stringify(await execution.aside(Promise.race(settled))),
  }));
  return { winner: winner as string, result: await begun.get(winner as string) };
}
