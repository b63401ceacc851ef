import { type Duration, errorText, milliseconds, NestanzaError, pause } from '@nestanza/core';
import type { DatabaseSession } from '@nestanza/postgres/internal';
import { type Connection, ping, StanzaError } from '@nestanza/xmpp';
import type { Activity } from './activity.js';
import { lookAtBacklog } from './backlog.js';
import type { Peer } from './peer.js';
import type { Recorder } from './recorder.js';

/** Milliseconds between two looks at something busy. */
const INTERVAL = 10;

export interface QuietParts {
  readonly recorder: Recorder;
  readonly activity: Activity;
  readonly session: DatabaseSession;
  /** Of the services, by account. */
  readonly connections: () => Iterable<readonly [string, Connection]>;
  readonly peers: () => Iterable<Peer>;
  /** Whether any service keeps messages in the database. */
  readonly durable: () => boolean;
}

/** What one look found: everything still under way, and a mark that changes whenever anything happens. */
interface Look {
  readonly busy: readonly string[];
  readonly mark: string;
}

/**
 * Resolves when nothing will happen by itself any more, for two looks in a row between which nothing has happened.
 * @throws NestanzaError `NST_TESTING_NOT_QUIET` naming everything still under way
 */
export async function untilQuiet(parts: QuietParts, timeout: Duration): Promise<void> {
  const end = performance.now() + milliseconds(timeout);
  let mark: string | undefined;
  for (;;) {
    const look = await lookAround(parts, Math.max(INTERVAL, end - performance.now()));
    if (look.busy.length === 0 && look.mark === mark) return;
    mark = look.busy.length === 0 ? look.mark : undefined;
    if (performance.now() >= end && look.busy.length > 0) throw notQuiet(look.busy, timeout);
    if (look.busy.length > 0) await pause(INTERVAL);
  }
}

async function lookAround(parts: QuietParts, patience: number): Promise<Look> {
  const { recorder, activity, session, durable } = parts;
  const unheard = await hearOut(parts, patience);
  const count = recorder.count;
  const backlog = durable() ? await lookAtBacklog(session, recorder.unsettled) : { busy: [], arrived: [] };
  recorder.settle(backlog.arrived);
  const running = [...activity.running].map(
    ([place, runs]) => `running: ${place}${runs > 1 ? ` (${runs} times)` : ''}`,
  );
  const meanwhile = recorder.count === count ? [] : ['something was published just now'];
  return {
    busy: [...unheard, ...backlog.busy, ...running, ...meanwhile],
    mark: `${recorder.count} ${activity.begun}`,
  };
}

/**
 * Has every stream emptied, both ways: stanzas keep their order, so whatever was under way before a ping has arrived
 * when its answer comes. Returns who has no stream.
 */
async function hearOut({ connections, peers }: QuietParts, patience: number): Promise<readonly string[]> {
  const services = [...connections()];
  const everybody = [...peers()];
  const own = await Promise.all([
    ...services.map(([name, connection]) => answers(name, connection, { patience })),
    ...everybody.map(({ name, connection }) => answers(name, connection, { patience })),
  ]);
  const [asking] = everybody;
  if (asking === undefined) return own.flat();
  const others = await Promise.all(
    services.map(([name, { jid }]) => answers(name, asking.connection, { to: jid?.toString(), patience })),
  );
  return [...own, ...others].flat();
}

/** Nothing when the answer came, and otherwise why it did not. */
async function answers(
  name: string,
  connection: Connection,
  { to, patience }: { readonly to?: string; readonly patience: number },
): Promise<readonly string[]> {
  try {
    await ping(connection, to, { timeout: patience });
    return [];
  } catch (error) {
    // A refusal has come all the way, too.
    if (error instanceof StanzaError && error.condition !== 'recipient-unavailable') return [];
    return [`off line: ${name} (${errorText(error)})`];
  }
}

function notQuiet(busy: readonly string[], timeout: Duration): NestanzaError {
  return new NestanzaError(
    'NST_TESTING_NOT_QUIET',
    [`The world is not quiet after ${milliseconds(timeout)} ms:`, ...busy].join('\n  '),
  );
}
