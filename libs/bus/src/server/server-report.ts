import type { Log } from '@nestanza/core';
import type { ServerProfile } from './server-profile.js';

/** A node that keeps fewer items is warned about: more may be published while a service is away. */
const ENOUGH_KEPT = 100_000;

/** Says at the start what the service's limits cost, with their numbers. */
export function reportServer(profile: ServerProfile, log: Log): void {
  const { pubsub, creates, stampsPublisher, pages, keeps } = profile;
  const facts = { ...profile };
  if (!creates) {
    log.info(`${pubsub} lets this account create no nodes, so who publishes there cannot be verified.`, facts);
    return;
  }
  if (keeps !== undefined && keeps < ENOUGH_KEPT) {
    log.warn(
      `${pubsub} keeps ${keeps} items of a node: of more than ${keeps} events published while a service is away, ` +
        'the oldest are lost, and the gap is reported. The administrator may raise that limit.',
      facts,
    );
  }
  if (!stampsPublisher) {
    log.warn(
      `${pubsub} does not say who has published: messages are told apart by their id alone, and @AllowFrom cannot be used there.`,
      facts,
    );
  }
  if (pages === false) {
    log.info(`${pubsub} gives no pages of items: catching up reads a growing window of the newest.`, facts);
  }
}
