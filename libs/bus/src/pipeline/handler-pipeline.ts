import type { BodyClass } from '@nestanza/contracts';
import { compose, type Clock } from '@nestanza/core';
import type { Invocation } from '../handlers/handler-proxy.js';
import { allowStep } from './allow.step.js';
import { decodeStep } from './decode.step.js';
import type { Exchange } from './exchange.js';
import { invokeStep } from './invoke.step.js';
import { sourceStep } from './source.step.js';
import type { Step } from './step.js';
import { validateStep } from './validate.step.js';

export interface PipelineParts {
  readonly place: string;
  readonly invoke: Invocation;
  /** The contract's body class; without one the body is passed as it came. */
  readonly body: BodyClass | undefined;
  /** JID patterns of `@AllowFrom`; empty: anybody. */
  readonly allowed: readonly string[];
  /** Items whose publisher nobody knows are let in: their node admits only whom it should. Default: refused. */
  readonly trustsNode?: boolean;
  readonly clock?: Clock;
}

/** A handler with its steps, compiled once. */
export interface HandlerPipeline {
  /** Resolves with the handler's result; rejects with the exception that settles the message. */
  run(exchange: Exchange): Promise<unknown>;
  /** The steps in words: `decode → validate OrderPlacedDto → Inventory.onPlaced`. */
  describe(): string;
}

/** Order: who sent it is checked before what it says, and nothing of the application runs on a body that is not valid. */
export function handlerPipeline(parts: PipelineParts): HandlerPipeline {
  const { place, invoke, body, allowed, trustsNode = false, clock } = parts;
  const steps: readonly Step[] = [
    decodeStep(clock),
    sourceStep,
    ...(allowed.length > 0 ? [allowStep(allowed, { trustsNode })] : []),
    ...(body === undefined ? [] : [validateStep(body)]),
  ];
  const run = compose(
    steps.map((step) => step.run),
    invokeStep(invoke),
  );
  return {
    // A step may throw before its promise exists; callers see rejections only.
    run: async (exchange) => run(exchange),
    describe: () => [...steps.map((step) => step.says), place].join(' → '),
  };
}
