import { NestanzaError, uniqueId } from '@nestanza/core';
import type { DeadLetter } from '../schema/dead-letter.entity.js';
import type { Edit } from './replay.js';

/** What is changed before a dead letter is replayed. */
export interface LetterEdit {
  /** The new body; the attributes stay. */
  readonly body: unknown;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * The letter's message with another body: a new message, with an id of its own, whose `causationid` is the old one. An
 * incoming message that could not be read becomes one that can.
 * @throws NestanzaError `NST_DELIVERY_NOT_EDITABLE` for an outgoing message that is no CloudEvent
 */
export function editedMessage(letter: DeadLetter, { body }: LetterEdit): Edit {
  const stored = parsed(letter.envelope);
  const messageId = uniqueId();
  if (letter.source === 'outbox') {
    if (typeof stored['specversion'] !== 'string') throw notEditable(letter);
    return { messageId, envelope: JSON.stringify(caused(stored, { letter, messageId, body })) };
  }
  const { event = bareEvent(letter), payload: _, unreadable: __, ...place } = stored;
  return {
    messageId,
    envelope: JSON.stringify({ ...place, event: caused(event as Members, { letter, messageId, body }) }),
  };
}

/** `data_base64` is the other way to carry a body; there is one of them at most (CloudEvents 1.0 JSON format §3.1). */
function caused(
  event: Members,
  { letter, messageId, body }: { readonly letter: DeadLetter; readonly messageId: string; readonly body: unknown },
): Members {
  return { ...event, id: messageId, causationid: letter.messageId, data_base64: undefined, data: body };
}

const bareEvent = ({ sender, type }: DeadLetter): Members => ({ specversion: '1.0', source: `xmpp:${sender}`, type });

function parsed(envelope: string): Members {
  try {
    const value: unknown = JSON.parse(envelope);
    return typeof value === 'object' && value !== null ? (value as Members) : {};
  } catch {
    return {};
  }
}

function notEditable({ id, channel }: DeadLetter): NestanzaError {
  return new NestanzaError('NST_DELIVERY_NOT_EDITABLE', `Dead letter ${id} to ${channel} holds no event to edit.`, {
    facts: { letter: id, channel },
  });
}
