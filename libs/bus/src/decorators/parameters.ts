import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { MessageContext } from '../message-context.js';

const contextOf = (execution: ExecutionContext) => execution.switchToRpc().getContext<MessageContext>();

/** The authenticated sender: the publisher of an item where stamped, else the service; the JID of a caller or writer. */
export const Sender = createParamDecorator((_: unknown, execution: ExecutionContext) => {
  const context = contextOf(execution);
  return context.publisher ?? context.sender;
});

/** One CloudEvents attribute by name, e.g. `@MessageHeader('traceparent')`; `undefined` where absent. */
export const MessageHeader = createParamDecorator(
  (name: string, execution: ExecutionContext) => contextOf(execution).message.attributes[name],
);
