import { declare, type HandlerDecorator, type HandlerOptions } from './handler-declaration.js';

/** A change in who is there. */
export interface PresenceChange {
  /** Full JID of the instance; bare where a whole account went. */
  readonly jid: string;
  /** Account name within the own domain, e.g. `inventory`; the bare JID elsewhere. */
  readonly service: string;
  readonly available: boolean;
  /** RFC 6121 §4.7.2.3; 0 where none was sent. */
  readonly priority: number;
  readonly show: 'away' | 'chat' | 'dnd' | 'xa' | undefined;
  readonly status: string | undefined;
  /** Instances of this account that are available after the change. */
  readonly instances: number;
}

/** The method gets every presence change of one service (`service:inventory`) or of all known ones (`presence:*`). */
export function OnPresence(channel: string, options: HandlerOptions = {}): HandlerDecorator<PresenceChange> {
  return declare({ kind: 'presence', channel, options });
}
