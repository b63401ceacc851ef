/** A line that a service printed, as Nest's JSON logger writes it. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly context: string | undefined;
  /** The facts that go with the message, as `name=value`. */
  readonly facts: string;
  /** The order it is about, where it is about one. */
  readonly orderId: string | undefined;
}

/** The line as a structure; text that is no JSON log line becomes the message of an `info` line. */
export function readLogLine(text: string): LogLine {
  const fields = asObject(text);
  if (fields === undefined) return { level: 'info', message: text, context: undefined, facts: '', orderId: undefined };
  const { level, message, context, params, stack } = fields;
  const { orderId, ...facts } = isRecord(params) ? params : {};
  return {
    level: typeof level === 'string' ? level : 'info',
    message: [typeof message === 'string' ? message : JSON.stringify(message ?? fields), textOf(stack)]
      .filter((part) => part !== undefined)
      .join('\n'),
    context: textOf(context),
    facts: Object.entries(facts)
      .map(([name, value]) => `${name}=${wordOf(value)}`)
      .join(' '),
    orderId: textOf(orderId),
  };
}

function asObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
