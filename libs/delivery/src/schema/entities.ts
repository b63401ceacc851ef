import { ConsumerGroup } from './consumer-group.entity.js';
import { DeadLetter } from './dead-letter.entity.js';
import { DeliveryCreate1764000000000 } from './delivery-1-create.migration.js';
import { DeliveryJobsAndEdits1764000000001 } from './delivery-2-jobs-and-edits.migration.js';
import { InboxMessage } from './inbox-message.entity.js';
import { InboxSeen } from './inbox-seen.entity.js';
import { Lane } from './lane.entity.js';
import { OutboxMessage } from './outbox-message.entity.js';
import { RpcResult } from './rpc-result.entity.js';

/** For the `entities` of a `DataSource` that reads them by `@InjectRepository`; writing is delivery's own business. */
export const deliveryEntities = [
  ConsumerGroup,
  DeadLetter,
  InboxMessage,
  InboxSeen,
  Lane,
  OutboxMessage,
  RpcResult,
] as const;

/** Run by `DeliveryModule` itself at the start. */
export const deliveryMigrations = [DeliveryCreate1764000000000, DeliveryJobsAndEdits1764000000001] as const;
