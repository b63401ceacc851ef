import { type BodyClass, type BodyOf, type BodyType, parseChannel, type RpcContract } from '@nestanza/contracts';
import { type Log, silentLog } from '@nestanza/core';
import type { Connection } from '@nestanza/xmpp';
import type { Handler } from '../handlers/handler.js';
import { handlerPipeline } from '../pipeline/handler-pipeline.js';
import { ENCODINGS } from './encodings.js';
import { Responder } from './responder.js';

/** What answers the calls of one contract. */
export interface Answer {
  readonly contract: RpcContract;
  readonly handle: (body: never) => unknown;
}

/** A contract and a function that answers it, the types checked. */
export function answerTo<In extends BodyClass | undefined, Out extends BodyType | undefined>(
  contract: RpcContract<In, Out>,
  handle: (body: BodyOf<In>) => BodyOf<Out> | Promise<BodyOf<Out>>,
): Answer {
  return { contract: contract as RpcContract, handle };
}

/** Calls that run at once. */
const INFLIGHT = 64;

/** Answers calls on a connection outside of any application, validated as in one; `stop` ends it. */
export function answerCalls(
  connection: Connection,
  { answers, log = silentLog }: { readonly answers: readonly Answer[]; readonly log?: Log },
): Pick<Responder, 'stop'> {
  const responder = new Responder(answers.map(handlerOf), {
    connection,
    log,
    delivery: undefined,
    inflight: INFLIGHT,
    encodings: ENCODINGS,
  });
  responder.start();
  return responder;
}

function handlerOf({ contract, handle }: Answer): Handler<'respond'> {
  const { channel } = contract;
  return {
    declaration: { kind: 'respond', channel, contract, options: {} },
    channel: parseChannel(channel),
    allowed: [],
    place: channel,
    pipeline: handlerPipeline({
      place: channel,
      invoke: async (payload) => handle(payload as never),
      body: contract.in,
      allowed: [],
    }),
  };
}
