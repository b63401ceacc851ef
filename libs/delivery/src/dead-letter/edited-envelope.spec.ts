import { describe, expect, it } from '@jest/globals';
import { DeadLetter } from '../schema/dead-letter.entity.js';
import { editedMessage } from './edited-envelope.js';

const letter = (given: Partial<DeadLetter>): DeadLetter =>
  Object.assign(new DeadLetter(), {
    id: '7',
    source: 'inbox',
    sender: 'shop@localhost',
    type: 'order.placed.v1',
    messageId: 'old',
    ...given,
  });

const edited = (given: Partial<DeadLetter>) => {
  const { envelope, messageId } = editedMessage(letter(given), { body: { lines: 1 } });
  return { messageId, content: JSON.parse(envelope) as Record<string, unknown> };
};

describe('an edited message', () => {
  it('is a new one, caused by the old one, with the other attributes and the place of it', () => {
    const event = {
      specversion: '1.0',
      id: 'old',
      type: 'order.placed.v1',
      subject: 's',
      data: {},
      data_base64: 'AA==',
    };
    const { messageId, content } = edited({
      envelope: JSON.stringify({ service: 'pubsub.localhost', node: 'n', event }),
    });
    expect(messageId).not.toBe('old');
    expect(content).toEqual({
      service: 'pubsub.localhost',
      node: 'n',
      event: {
        specversion: '1.0',
        id: messageId,
        causationid: 'old',
        type: 'order.placed.v1',
        subject: 's',
        data: { lines: 1 },
      },
    });
  });

  it('can be made of one that could not be read', () => {
    const { messageId, content } = edited({
      envelope: JSON.stringify({ node: 'n', payload: '<x/>', unreadable: 'no JSON' }),
    });
    expect(content).toEqual({
      node: 'n',
      event: {
        specversion: '1.0',
        source: 'xmpp:shop@localhost',
        type: 'order.placed.v1',
        id: messageId,
        causationid: 'old',
        data: { lines: 1 },
      },
    });
  });

  it('of an outgoing event is the event itself', () => {
    const envelope = JSON.stringify({ specversion: '1.0', id: 'old', data: {} });
    const { messageId, content } = edited({ source: 'outbox', envelope });
    expect(content).toEqual({ specversion: '1.0', id: messageId, causationid: 'old', data: { lines: 1 } });
  });

  it('is not made of an outgoing message that is no event', () => {
    expect(() => edited({ source: 'outbox', envelope: '{"body":"hello"}' })).toThrow(
      expect.objectContaining({ code: 'NST_DELIVERY_NOT_EDITABLE' }),
    );
  });
});
