import { errorText } from '@nestanza/core';
import { StanzaError } from '@nestanza/xmpp';
import { StartupError } from '../startup-error.js';

/** By these a server says that nothing is at an address (RFC 6120 §8.3.3). */
const NOBODY_THERE: ReadonlySet<string> = new Set([
  'service-unavailable',
  'remote-server-not-found',
  'remote-server-timeout',
  'feature-not-implemented',
]);

/** The start's end where a node cannot be had, with what its administrator is to do. */
export function notProvisioned(channel: string, service: string, error: unknown): StartupError {
  const lacks = error instanceof StanzaError && NOBODY_THERE.has(error.condition);
  return new StartupError([
    {
      place: 'BusModule.forFeature',
      problem: lacks
        ? `the node of "${channel}" cannot be had: there is no PubSub service at ${service} (${error.condition})`
        : `the node of "${channel}" cannot be had at ${service}: ${errorText(error)}`,
      remedy: lacks
        ? `let the server offer one (Prosody: Component "${service}" "pubsub"; ejabberd: mod_pubsub), or name another: BusModule.forRoot({ pubsub })`
        : 'let this account create nodes there (Prosody: make it an administrator of the component), or have its administrator create the node with this account as owner',
    },
  ]);
}
