/** Structured fields of one log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where a library says what happened. Nest applications pass their own logger; a library never prints. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const nothing = () => undefined;

/** Says nothing. The default wherever a log is optional. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
