import type { OnceKey } from '@nestanza/bus/internal';
import { faultPoint, NestanzaError } from '@nestanza/core';
import { runInTransaction } from '@nestanza/postgres';
import { sqlState, type Kernel } from '@nestanza/postgres/internal';
import type { DataSource, EntityManager } from 'typeorm';
import { withinHandler } from './handling/handler-scope.js';
import { TERMINATE } from './lanes/ownership-statements.js';
import { indexable, storable } from './storable.js';

const claimed = faultPoint('call.claimed');
const recorded = faultPoint('call.recorded');
const committed = faultPoint('call.committed');

/** Waits of 5 s for the first of two equal calls. */
const PATIENCE = 6;

const CLAIM = `select claimed, result, set_config('application_name', 'nst:' || $4::text, true)
  from nestanza.claim_call($1, $2, $3)`;
const RECORD = `update nestanza.rpc_result set result = $4 where (caller, method, key) = ($1, $2, $3)`;

export interface OnceOptions {
  readonly kernel: Kernel;
  readonly dataSource: DataSource;
}

/**
 * Runs a call once per key: its effects and its recorded result commit together; a repeated key gets the recorded text.
 * A concurrent one waits for the first to end. What `handle` throws passes through, and nothing is recorded.
 * @throws NestanzaError `NST_DELIVERY_CALL_BUSY` (retryable) when the first has not ended after 30 s
 */
export async function once(
  { kernel, dataSource }: OnceOptions,
  key: OnceKey,
  handle: (tx: EntityManager) => Promise<string>,
): Promise<string> {
  const identity = [indexable(key.caller), indexable(key.method), indexable(key.key)];
  for (let wait = 0; wait < PATIENCE; wait += 1) {
    let begun = false;
    try {
      const result = await runInTransaction(dataSource, async (tx) => {
        const [claim] = await tx.query<{ claimed: boolean; result: string }[]>(CLAIM, [...identity, kernel.lease.id]);
        if (claim?.claimed === false) return claim.result;
        begun = true;
        await claimed();
        const text = await withinHandler(key.method, tx, () => handle(tx));
        await tx.query(RECORD, [...identity, storable(text)]);
        await recorded();
        return text;
      });
      await committed();
      return result;
    } catch (error) {
      if (begun || sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
      // The first may belong to a process that was stopped: its session would hold the claim for ever.
      await kernel.query(TERMINATE, [[]]);
    }
  }
  throw new NestanzaError('NST_DELIVERY_CALL_BUSY', `An equal call of ${key.method} has not ended.`, {
    retryable: true,
    facts: { method: key.method },
  });
}

const LOCK_NOT_AVAILABLE = '55P03';
