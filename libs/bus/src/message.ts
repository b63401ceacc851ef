import { uniqueId } from '@nestanza/core';
import type { AttributeValue, MessageAttributes } from './attributes.js';

/** What a message needs besides its body. What is missing is made. */
export type NewAttributes = Pick<MessageAttributes, 'source' | 'type'> &
  Readonly<Record<string, AttributeValue | undefined>>;

/** A body with its CloudEvents attributes. Immutable: changes make another message. */
export class Message<Body = unknown> {
  readonly attributes: MessageAttributes;
  readonly body: Body;

  private constructor(attributes: MessageAttributes, body: Body) {
    this.attributes = Object.freeze({ ...attributes });
    this.body = body;
    Object.freeze(this);
  }

  /** A message that came from elsewhere, with the attributes it came with. */
  static received<Body>(attributes: MessageAttributes, body: Body): Message<Body> {
    return new Message(attributes, body);
  }

  /** A new message: `id`, `time` and `correlationid` are set where `attributes` has none. */
  static create<Body>(attributes: NewAttributes, body: Body): Message<Body> {
    const id = typeof attributes['id'] === 'string' ? attributes['id'] : uniqueId();
    return new Message(
      { specversion: '1.0', correlationid: id, time: new Date().toISOString(), ...withoutUndefined(attributes), id },
      body,
    );
  }

  get id(): string {
    return this.attributes.id;
  }

  get type(): string {
    return this.attributes.type;
  }

  get source(): string {
    return this.attributes.source;
  }

  /** A copy with attributes added or replaced. */
  with(attributes: Readonly<Record<string, AttributeValue | undefined>>): Message<Body> {
    return new Message({ ...this.attributes, ...attributes }, this.body);
  }

  /** A copy with another body, e.g. the validated one. */
  withBody<Other>(body: Other): Message<Other> {
    return new Message(this.attributes, body);
  }
}

/** Drops undefined members, so that they never hide a default. */
function withoutUndefined(values: NewAttributes): NewAttributes {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as NewAttributes;
}
