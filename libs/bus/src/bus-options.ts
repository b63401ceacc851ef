import type { Duration, Log } from '@nestanza/core';
import type { Connection } from '@nestanza/xmpp';
import type { XmppClient } from './link/xmpp-client/xmpp-client.js';

/** How this process reaches XMPP: words as in `NESTANZA_XMPP`, a connection made elsewhere, or an instance of @xmpp/client. */
export type XmppTarget =
  'embedded' | 'in-process' | `xmpp://${string}` | `component://${string}` | Connection | XmppClient;

/** What happens at the start while XMPP cannot be reached: wait for `startupTimeout`, stop at the first failure, or go on without. */
export type StartupMode = 'wait' | 'fail' | 'background';

export interface BusModuleOptions {
  /** Name of this service: its account, and the default group of its durable handlers. */
  readonly service: string;
  /** Default: `NESTANZA_XMPP`, else `'embedded'`. */
  readonly xmpp?: XmppTarget;
  /** `false`: nothing is connected, provisioned or consumed; for tools and tests of wiring. Default `true`. */
  readonly connect?: boolean;
  /** Default `'wait'`. */
  readonly startup?: StartupMode;
  /** How long `'wait'` waits before the start fails. Default `'30s'`. */
  readonly startupTimeout?: Duration;
  /** How long running handlers may go on after shutdown began. Default `'10s'`. */
  readonly drainTimeout?: Duration;
  /** Which of the application's global guards, pipes, interceptors and filters run on handlers. Default `'declared'`: none, each named in the log. */
  readonly globalEnhancers?: 'all' | 'declared';
  /** Presence priority (RFC 6121 §4.7.2.3), -128…127: calls go to the highest, never to a negative one. Default 0. */
  readonly priority?: number;
  /** JID of the PubSub service that holds local nodes. Default: the one the server lists, `pubsub.<domain>` first. */
  readonly pubsub?: string;
  /** Watched and direct messages, and calls, that run at once in this process. Default 64 of each kind. */
  readonly inflight?: number;
  /** Default: Nest's logger. */
  readonly log?: Log;
}

/** Defaults of all optional settings, in one place. */
export const BUS_DEFAULTS = {
  connect: true,
  startup: 'wait',
  startupTimeout: '30s',
  drainTimeout: '10s',
  globalEnhancers: 'declared',
  /** Name of a bus that is given none. */
  name: 'default',
  priority: 0,
  inflight: 64,
} as const satisfies Partial<BusModuleOptions> & { readonly name: string };
