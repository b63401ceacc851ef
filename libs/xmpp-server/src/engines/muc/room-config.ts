import { StanzaError, type Element } from '@nestanza/xmpp';
import { dataForm, submittedFields, type FormField } from '../data-form.js';
import { ROOM_CONFIG } from './names.js';

/** What owners decide of a room (XEP-0045 §16.5.3). */
export interface RoomConfig {
  readonly name: string;
  readonly description: string;
  /** Outlives its last occupant. */
  readonly persistent: boolean;
  /** Listed by the service. */
  readonly public: boolean;
  readonly membersOnly: boolean;
  /** Only those with voice may speak. */
  readonly moderated: boolean;
  /** Empty: none is asked for. */
  readonly password: string;
  /** Who sees real JIDs. */
  readonly whois: 'moderators' | 'anyone';
  /** Participants may change the subject. */
  readonly openSubject: boolean;
  /** Everybody in a members-only room may invite, and makes a member by it. */
  readonly openInvites: boolean;
  readonly maxUsers: number;
}

export const DEFAULT_ROOM_CONFIG: RoomConfig = {
  name: '',
  description: '',
  persistent: false,
  public: true,
  membersOnly: false,
  moderated: false,
  password: '',
  whois: 'moderators',
  openSubject: false,
  openInvites: false,
  maxUsers: 200,
};

const TEXT_LIMIT = 1_024;
/** The most that an owner may allow. */
const MAX_USERS = 5_000;

interface FieldRule {
  readonly property: keyof RoomConfig;
  readonly label: string;
  readonly type: FormField['type'];
  readonly choices?: readonly string[];
  /** `undefined` refuses the text. */
  read(text: string): string | number | boolean | undefined;
}

function text(property: keyof RoomConfig, label: string): FieldRule {
  return { property, label, type: 'text-single', read: (value) => (value.length <= TEXT_LIMIT ? value : undefined) };
}

function flag(property: keyof RoomConfig, label: string): FieldRule {
  const meanings = new Map([
    ['0', false],
    ['1', true],
    ['false', false],
    ['true', true],
  ]);
  return { property, label, type: 'boolean', read: (value) => meanings.get(value) };
}

function count(value: string): number | undefined {
  const number = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  return number >= 1 && number <= MAX_USERS ? number : undefined;
}

const WHOIS = ['moderators', 'anyone'];

const FIELDS: ReadonlyMap<string, FieldRule> = new Map<string, FieldRule>([
  ['muc#roomconfig_roomname', text('name', 'Name')],
  ['muc#roomconfig_roomdesc', text('description', 'Description')],
  ['muc#roomconfig_persistentroom', flag('persistent', 'Keep the room when everybody has left')],
  ['muc#roomconfig_publicroom', flag('public', 'List the room')],
  ['muc#roomconfig_membersonly', flag('membersOnly', 'Members only')],
  ['muc#roomconfig_moderatedroom', flag('moderated', 'Only those with voice may speak')],
  ['muc#roomconfig_roomsecret', text('password', 'Password')],
  [
    'muc#roomconfig_whois',
    {
      property: 'whois',
      label: 'Who sees real addresses',
      type: 'list-single',
      choices: WHOIS,
      read: (value) => (WHOIS.includes(value) ? value : undefined),
    },
  ],
  ['muc#roomconfig_changesubject', flag('openSubject', 'Occupants may change the subject')],
  ['muc#roomconfig_allowinvites', flag('openInvites', 'Occupants may invite')],
  ['muc#roomconfig_maxusers', { property: 'maxUsers', label: 'Most occupants', type: 'text-single', read: count }],
]);

/** The switch that clients send along with the password: without it the password is none. */
const PROTECTED = 'muc#roomconfig_passwordprotectedroom';

/** The form an owner fills in (§10.2). */
export function roomForm(config: RoomConfig): Element {
  const fields = [...FIELDS].map(([name, { property, label, type, choices }]): FormField => {
    const value = config[property];
    return {
      name,
      type,
      label,
      value: typeof value === 'boolean' ? (value ? '1' : '0') : String(value),
      ...(choices !== undefined && { choices }),
    };
  });
  const isProtected: FormField = {
    name: PROTECTED,
    type: 'boolean',
    label: 'A password is asked for',
    value: config.password === '' ? '0' : '1',
  };
  return dataForm('form', ROOM_CONFIG, [...fields, isProtected]);
}

/**
 * The configuration after a submitted form: fields it does not name keep their value, so an empty one accepts all (§10.1.2).
 * @throws StanzaError `not-acceptable` for an unknown field or value, naming it
 */
export function applyRoomForm(config: RoomConfig, form: Element): RoomConfig {
  if (form.elements('field').length === 0) return config;
  const fields = submittedFields(form, ROOM_CONFIG);
  if (fields === undefined) throw new StanzaError('not-acceptable', { text: `FORM_TYPE must be ${ROOM_CONFIG}` });
  const changes: Record<string, string | number | boolean> = {};
  for (const [name, value] of fields) {
    if (name === PROTECTED) continue;
    const rule = FIELDS.get(name);
    if (rule === undefined) throw new StanzaError('not-acceptable', { text: `Unknown field ${name}` });
    const read = rule.read(value);
    if (read === undefined) throw new StanzaError('not-acceptable', { text: `Value of ${name} not supported` });
    changes[rule.property] = read;
  }
  const isProtected = fields.get(PROTECTED);
  if (isProtected === '0' || isProtected === 'false') changes['password'] = '';
  const after = { ...config, ...changes };
  if ((isProtected === '1' || isProtected === 'true') && after.password === '')
    throw new StanzaError('not-acceptable', { text: 'A protected room needs a password' }); // §10.1.3
  return after;
}
