/** XEP-0060: Publish-Subscribe, https://xmpp.org/extensions/xep-0060.html, version 1.30.0. */
export const PUBSUB = 'http://jabber.org/protocol/pubsub';
export const PUBSUB_OWNER = `${PUBSUB}#owner`;
export const PUBSUB_EVENT = `${PUBSUB}#event`;
export const PUBSUB_ERRORS = `${PUBSUB}#errors`;
export const NODE_CONFIG = `${PUBSUB}#node_config`;
export const META_DATA = `${PUBSUB}#meta-data`;
export const PUBLISH_OPTIONS = `${PUBSUB}#publish-options`;

/** What `disco#info` of the service announces, sorted. Only what works is listed. */
export const PUBSUB_FEATURES: readonly string[] = [
  PUBSUB,
  ...[
    'access-open',
    'access-whitelist',
    'config-node',
    'config-node-max',
    'create-and-configure',
    'create-nodes',
    'delete-items',
    'delete-nodes',
    'instant-nodes',
    'item-ids',
    'manage-subscriptions',
    'member-affiliation',
    'meta-data',
    'modify-affiliations',
    'outcast-affiliation',
    'persistent-items',
    'publish',
    'publish-options',
    'publisher-affiliation',
    'purge-nodes',
    'retract-items',
    'retrieve-affiliations',
    'retrieve-default',
    'retrieve-items',
    'retrieve-subscriptions',
    'rsm',
    'subscribe',
  ].map((feature) => `${PUBSUB}#${feature}`),
];
