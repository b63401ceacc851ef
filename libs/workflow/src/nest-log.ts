import type { Log, LogFields } from '@nestanza/core';
import { Logger } from '@nestjs/common';

/** The application's logger as a `Log`: fields are written as an object behind the message. */
export function nestLog(context: string): Log {
  const logger = new Logger(context);
  const rest = (fields: LogFields | undefined) => (fields === undefined ? [] : [fields]);
  return {
    debug: (message, fields) => logger.debug(message, ...rest(fields)),
    info: (message, fields) => logger.log(message, ...rest(fields)),
    warn: (message, fields) => logger.warn(message, ...rest(fields)),
    error: (message, fields) => logger.error(message, ...rest(fields)),
  };
}
