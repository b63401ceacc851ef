/** RFC 6121 §8.5: what happens to a message for a local account, as data. */

export type MessageType = 'normal' | 'chat' | 'groupchat' | 'headline' | 'error';

/** Who the message is for, as the account's sessions stand. */
export type Situation =
  | 'no-account'
  /** No resource is available with a priority of 0 or more. */
  | 'nobody'
  | 'somebody';

export type Verdict =
  /** To the session with the most right to it, or to all of equal priority (the deployed rule). */
  | 'best'
  /** To every session of priority 0 or more. */
  | 'all'
  | 'offline'
  /** Answer `service-unavailable`. */
  | 'error'
  | 'silent';

/** §8.5.4, table of bare JIDs; 'error' messages are dropped always (§8.5.2.1.1, as deployed). */
const BARE: Readonly<Record<Situation, Readonly<Record<MessageType, Verdict>>>> = {
  'no-account': { normal: 'silent', chat: 'silent', groupchat: 'error', headline: 'silent', error: 'silent' },
  nobody: { normal: 'offline', chat: 'offline', groupchat: 'error', headline: 'silent', error: 'silent' },
  somebody: { normal: 'best', chat: 'best', groupchat: 'error', headline: 'all', error: 'silent' },
};

/** Full JIDs that match no session. `normal` goes like `chat` and `groupchat` is answered: what is deployed (Prosody, ejabberd). */
const UNMATCHED: typeof BARE = {
  'no-account': { normal: 'silent', chat: 'silent', groupchat: 'error', headline: 'silent', error: 'silent' },
  nobody: { normal: 'offline', chat: 'offline', groupchat: 'error', headline: 'silent', error: 'silent' },
  somebody: { normal: 'best', chat: 'best', groupchat: 'error', headline: 'silent', error: 'silent' },
};

export interface MessageCase {
  readonly type: MessageType;
  readonly target: 'bare' | 'unmatched full';
  readonly situation: Situation;
}

/** The verdict of the table. A full JID that matches a session is delivered there, whatever the table says. */
export function verdictFor({ type, target, situation }: MessageCase): Verdict {
  return (target === 'bare' ? BARE : UNMATCHED)[situation][type];
}

/** An unknown or missing type means `normal` (RFC 6121 §5.2.2). */
export function messageType(type: string | undefined): MessageType {
  return type === 'chat' || type === 'groupchat' || type === 'headline' || type === 'error' ? type : 'normal';
}
