import { NestanzaError } from './errors.js';

/** One step around the rest of a pipeline. It decides whether, and once at most, to call `next`. */
export type Middleware<Context, Result> = (context: Context, next: () => Promise<Result>) => Promise<Result>;

/**
 * One function that runs `steps` in order around `last`.
 * @throws NestanzaError `NST_CORE_NEXT_TWICE` (rejection) when a step calls `next` a second time
 */
export function compose<Context, Result>(
  steps: readonly Middleware<Context, Result>[],
  last: (context: Context) => Promise<Result>,
): (context: Context) => Promise<Result> {
  return steps.reduceRight<(context: Context) => Promise<Result>>(
    (rest, step) => (context) => {
      let called = false;
      return step(context, () => {
        if (called) {
          return Promise.reject(
            new NestanzaError('NST_CORE_NEXT_TWICE', `The step "${step.name}" called next() twice.`),
          );
        }
        called = true;
        return rest(context);
      });
    },
    last,
  );
}
