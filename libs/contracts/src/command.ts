import type { BodyClass, BodyType } from './body.js';
import { parseChannel } from './channel.js';

export interface CommandOptions<Form extends BodyClass, Out extends BodyType | undefined> {
  /** Class of the filled form; shown to people as a Data Form (XEP-0004). */
  readonly form: Form;
  readonly out?: Out;
}

/** What a person's or program's client and the executing service agree on (XEP-0050). */
export interface CommandContract<
  Form extends BodyClass = BodyClass,
  Out extends BodyType | undefined = BodyType | undefined,
> {
  readonly kind: 'command';
  /** Channel text: `command:refund`. */
  readonly channel: string;
  readonly form: Form;
  readonly out: Out;
}

/**
 * An ad-hoc command contract.
 * @throws NestanzaError `NST_CONTRACT_CHANNEL` when the channel is malformed
 */
export function command<Form extends BodyClass, Out extends BodyType | undefined = undefined>(
  channel: string,
  options: CommandOptions<Form, Out>,
): CommandContract<Form, Out> {
  parseChannel(channel);
  return Object.freeze({ kind: 'command' as const, channel, form: options.form, out: options.out as Out });
}
