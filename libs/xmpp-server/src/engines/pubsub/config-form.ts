import { type Element, NODE_CONFIG, PUBLISH_OPTIONS } from '@nestanza/xmpp';
import { dataForm, submittedFields, type FormField } from '../data-form.js';
import { META_DATA } from './names.js';
import { MAX_ITEMS, MAX_PAYLOAD_BYTES, type NodeConfig } from './node-config.js';
import { refusal } from './refusals.js';

type Values = Readonly<Record<string, string | number | boolean>>;

/** How one property of the configuration stands in a form. */
interface FieldRule {
  readonly property: keyof NodeConfig;
  readonly label: string;
  readonly type: FormField['type'];
  readonly choices?: readonly string[];
  /** The value a submitted text means; `undefined` refuses it. */
  read(text: string): string | number | boolean | undefined;
  write(value: string | number | boolean): string;
}

const TEXT_LIMIT = 1_024;

function text(property: keyof NodeConfig, label: string): FieldRule {
  const read = (value: string) => (value.length <= TEXT_LIMIT ? value : undefined);
  return { property, label, type: 'text-single', read, write: String };
}

function flag(property: keyof NodeConfig, label: string): FieldRule {
  const meanings: Readonly<Record<string, boolean>> = { 0: false, 1: true, false: false, true: true };
  const read = (value: string) => (Object.hasOwn(meanings, value) ? meanings[value] : undefined);
  return { property, label, type: 'boolean', read, write: (value) => (value ? '1' : '0') };
}

function choice(property: keyof NodeConfig, label: string, choices: readonly string[]): FieldRule {
  const read = (value: string) => (choices.includes(value) ? value : undefined);
  return { property, label, type: 'list-single', choices, read, write: String };
}

function count(property: keyof NodeConfig, label: string, most: number): FieldRule {
  const read = (value: string) => {
    if (value === 'max') return most;
    return /^\d{1,9}$/.test(value) && Number(value) >= 1 && Number(value) <= most ? Number(value) : undefined;
  };
  return { property, label, type: 'text-single', read, write: (value) => (value === most ? 'max' : String(value)) };
}

/** Every field of the owner's form (XEP-0060 §16.4.4), in the order shown. */
const FIELDS: ReadonlyMap<string, FieldRule> = new Map([
  ['pubsub#title', text('title', 'A short name for the node')],
  ['pubsub#description', text('description', 'A description of the node')],
  ['pubsub#type', text('type', 'Namespace of the payload; empty: any')],
  ['pubsub#access_model', choice('accessModel', 'Who may subscribe and read', ['open', 'whitelist'])],
  ['pubsub#publish_model', choice('publishModel', 'Who may publish', ['open', 'publishers', 'subscribers'])],
  ['pubsub#deliver_notifications', flag('deliverNotifications', 'Notify subscribers')],
  ['pubsub#deliver_payloads', flag('deliverPayloads', 'Notifications carry the payload')],
  ['pubsub#notification_type', choice('notificationType', 'Message type of notifications', ['headline', 'normal'])],
  ['pubsub#notify_config', flag('notifyConfig', 'Notify when the configuration changes')],
  ['pubsub#notify_delete', flag('notifyDelete', 'Notify when the node is deleted')],
  ['pubsub#notify_retract', flag('notifyRetract', 'Notify when items are removed')],
  ['pubsub#persist_items', flag('persistItems', 'Keep items')],
  ['pubsub#max_items', count('maxItems', 'How many items are kept', MAX_ITEMS)],
  ['pubsub#max_payload_size', count('maxPayloadSize', 'Largest payload in bytes', MAX_PAYLOAD_BYTES)],
  [
    'pubsub#send_last_published_item',
    choice('sendLastPublishedItem', 'When the last item is sent', ['never', 'on_sub']),
  ],
  ['pubsub#itemreply', choice('itemReply', 'Whether items name their publisher', ['owner', 'publisher'])],
]);

/** The form an owner fills in (§8.2.2). */
export function configForm(config: NodeConfig): Element {
  const fields = [...FIELDS].map(([name, rule]): FormField => ({
    name,
    type: rule.type,
    label: rule.label,
    value: rule.write(config[rule.property]),
    ...(rule.choices !== undefined && { choices: rule.choices }),
  }));
  return dataForm('form', NODE_CONFIG, fields);
}

/**
 * The configuration after a submitted form: fields it does not name keep their value.
 * @throws StanzaError `not-acceptable` (type modify, so nobody retries it as it is) for an unknown field or value, naming it
 */
export function applyConfigForm(config: NodeConfig, form: Element): NodeConfig {
  const fields = submittedFields(form, NODE_CONFIG);
  if (fields === undefined) throw refusal('not-acceptable', undefined, `FORM_TYPE must be ${NODE_CONFIG}`);
  return { ...config, ...readAll(fields) };
}

/**
 * Checks the preconditions of a publish (§7.1.5).
 * @throws StanzaError `conflict` with `precondition-not-met` where one does not hold, `bad-request` for an unknown field
 */
export function checkPublishOptions(config: NodeConfig, form: Element): void {
  const fields = submittedFields(form, PUBLISH_OPTIONS);
  if (fields === undefined) throw refusal('bad-request', 'invalid-options', `FORM_TYPE must be ${PUBLISH_OPTIONS}`);
  for (const [name, value] of fields) {
    const rule = FIELDS.get(name);
    if (rule === undefined) throw refusal('bad-request', 'invalid-options', `Unknown field ${name}`);
    if (rule.read(value) !== config[rule.property]) throw refusal('conflict', 'precondition-not-met', name);
  }
}

/** What anybody who may see the node may know of it (§5.4). */
export function metaDataForm(
  config: NodeConfig,
  facts: { readonly owners: readonly string[]; readonly subscribers: number },
): Element {
  const names = [
    'pubsub#title',
    'pubsub#description',
    'pubsub#type',
    'pubsub#access_model',
    'pubsub#publish_model',
    'pubsub#max_items',
  ];
  const fields = names.map((name): FormField => {
    const rule = FIELDS.get(name)!;
    return { name, type: 'text-single', value: rule.write(config[rule.property]) };
  });
  return dataForm('result', META_DATA, [
    ...fields,
    { name: 'pubsub#owner', type: 'text-single', value: facts.owners[0] },
    { name: 'pubsub#num_subscribers', type: 'text-single', value: String(facts.subscribers) },
  ]);
}

function readAll(fields: ReadonlyMap<string, string>): Values {
  const values: Record<string, string | number | boolean> = {};
  for (const [name, value] of fields) {
    const rule = FIELDS.get(name);
    const read = rule?.read(value);
    if (rule === undefined) throw refusal('not-acceptable', undefined, `Unknown field ${name}`);
    if (read === undefined) {
      if (name === 'pubsub#access_model') throw refusal('not-acceptable', 'unsupported-access-model', value);
      throw refusal('not-acceptable', undefined, `Value of ${name} not supported: ${value.slice(0, 100)}`);
    }
    values[rule.property] = read;
  }
  return values;
}
