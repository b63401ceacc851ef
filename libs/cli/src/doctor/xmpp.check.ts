import { StartupError } from '@nestanza/bus';
import { openBus } from '@nestanza/bus/internal';
import { errorText, hasCode } from '@nestanza/core';
import { discoInfo, StanzaError } from '@nestanza/xmpp';
import type { Check, Finding } from './finding.js';

/** How long the server has for name, connection, TLS and log-in together. */
const PATIENCE = '5s';

/** The server is found, trusted and logged in to, and its domain has a PubSub service. */
export const xmppCheck: Check = {
  name: 'xmpp',
  async look() {
    await using bus = await openBus({ service: 'cli', timeout: PATIENCE });
    const { connection, profile } = bus.transport;
    const online: Finding = { check: 'xmpp', ok: true, says: `online as ${bus.description}` };
    try {
      const { identities } = await discoInfo(connection, { to: profile.pubsub });
      if (identities.some(({ category }) => category === 'pubsub')) {
        return [online, { check: 'pubsub', ok: true, says: profile.pubsub }];
      }
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
    }
    return [online, noPubsub(profile.pubsub)];
  },
  sentence(error) {
    return error instanceof StartupError ? error.faults.map(({ problem }) => problem).join('; ') : errorText(error);
  },
  remedyFor(error) {
    if (error instanceof StartupError) return error.faults.map(({ remedy }) => remedy).join('; ');
    if (hasCode(error, 'NST_BUS_TARGET')) return 'NESTANZA_XMPP=embedded, or as the text says';
    if (hasCode(error, 'NST_SERVER_PORT')) return 'free the port, or leave NESTANZA_XMPP_PORT out';
    return 'start the server, or correct NESTANZA_XMPP';
  },
};

function noPubsub(service: string): Finding {
  return {
    check: 'pubsub',
    ok: false,
    says: `${service} is no PubSub service, and the server lists none`,
    remedy: `in Prosody's file: Component "${service}" "pubsub"`,
  };
}
