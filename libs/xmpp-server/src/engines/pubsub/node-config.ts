/** Configuration of a leaf node (XEP-0060 §16.4.4); no field is optional, so a stored one says everything. */
export interface NodeConfig {
  readonly title: string;
  readonly description: string;
  /** Namespace of the payload; empty accepts any. */
  readonly type: string;
  readonly accessModel: 'open' | 'whitelist';
  readonly publishModel: 'open' | 'publishers' | 'subscribers';
  readonly deliverNotifications: boolean;
  readonly deliverPayloads: boolean;
  readonly notificationType: 'headline' | 'normal';
  readonly notifyConfig: boolean;
  readonly notifyDelete: boolean;
  readonly notifyRetract: boolean;
  readonly persistItems: boolean;
  /** The oldest item goes when one more is published. */
  readonly maxItems: number;
  /** Bytes of one payload as XML. */
  readonly maxPayloadSize: number;
  readonly sendLastPublishedItem: 'never' | 'on_sub';
  /** `publisher`: events and items carry who published (the meaning ejabberd gives the field); `owner`: they do not. */
  readonly itemReply: 'owner' | 'publisher';
}

/** What `max` means: the most items that one node may keep. */
export const MAX_ITEMS = 1_000_000;
export const MAX_PAYLOAD_BYTES = 200_000;

/** Of a node created without a form: every item is kept, and subscribers hear of each change. */
export const DEFAULT_NODE_CONFIG: NodeConfig = {
  title: '',
  description: '',
  type: '',
  accessModel: 'open',
  publishModel: 'publishers',
  deliverNotifications: true,
  deliverPayloads: true,
  notificationType: 'headline',
  notifyConfig: false,
  notifyDelete: true,
  notifyRetract: true,
  persistItems: true,
  maxItems: MAX_ITEMS,
  maxPayloadSize: MAX_PAYLOAD_BYTES,
  sendLastPublishedItem: 'never',
  itemReply: 'publisher',
};
