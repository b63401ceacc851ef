import { NS_PUBSUB } from '@nestanza/xmpp';

/** FORM_TYPE of a node's meta-data (XEP-0060 §5.4). */
export const META_DATA = `${NS_PUBSUB}#meta-data`;

/** What `disco#info` of the service announces, sorted. Only what works is listed. */
export const PUBSUB_FEATURES: readonly string[] = [
  NS_PUBSUB,
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
  ].map((feature) => `${NS_PUBSUB}#${feature}`),
];
