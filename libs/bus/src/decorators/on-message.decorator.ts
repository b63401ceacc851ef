import { declare, type HandlerDecorator, type HandlerOptions } from './handler-declaration.js';

/**
 * The method gets the text of every direct message to this service (`message:<service>`); a JSON container instead
 * of a text is given as its value. A returned string is the reply; a thrown `Reject` is answered in its words.
 */
export function OnMessage(channel: string, options: HandlerOptions = {}): HandlerDecorator<never> {
  return declare({ kind: 'message', channel, options });
}
