import { faultPoints, NestanzaError, onFaultPoint } from '@nestanza/core';

export interface StrikeOptions {
  /** What the strike does; throw to let the work at this point fail. Default: throws an error that names the point. */
  readonly action?: () => void | Promise<void>;
  /** How often it strikes. Default 1. */
  readonly times?: number;
}

/** A fault that waits at a point of the libraries' work. */
export interface Strike extends Disposable {
  /** How often it has struck. */
  readonly struck: number;
  /** It strikes no more. Idempotent. */
  cancel(): void;
}

const waiting = new Set<{ readonly point: string; strike(): void | Promise<void> }>();

/**
 * Strikes when work comes by a fault point, in any world of this process.
 * @throws NestanzaError `NST_TESTING_FAULT_POINT` for a point that no loaded library has, naming those there are
 */
export function strikeAt(point: string, options: StrikeOptions = {}): Strike {
  const known = faultPoints();
  if (!known.includes(point)) {
    throw new NestanzaError(
      'NST_TESTING_FAULT_POINT',
      `There is no fault point "${point}"; there are: ${known.join(', ')}.`,
      { facts: { point } },
    );
  }
  const { action = () => fail(point), times = 1 } = options;
  let struck = 0;
  const entry = {
    point,
    strike: () => {
      struck += 1;
      if (struck >= times) cancel();
      return action();
    },
  };
  const cancel = () => {
    waiting.delete(entry);
    if (waiting.size === 0) onFaultPoint(undefined);
  };
  waiting.add(entry);
  onFaultPoint((reached) => [...waiting].find((other) => other.point === reached)?.strike());
  return {
    get struck() {
      return struck;
    },
    cancel,
    [Symbol.dispose]: cancel,
  };
}

function fail(point: string): never {
  throw new NestanzaError('NST_TESTING_STRUCK', `The test lets the work fail at "${point}".`, {
    retryable: true,
    facts: { point },
  });
}
