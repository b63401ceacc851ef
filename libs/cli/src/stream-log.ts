import type { Log, LogFields } from '@nestanza/core';

export interface StreamLogOptions {
  /** Lines of JSON instead of plain ones. */
  readonly json: boolean;
  /** Default `'info'`. */
  readonly least?: 'info' | 'warn';
}

const nothing = () => undefined;

/** A log on a stream that is not the command's output. */
export function streamLog(stream: NodeJS.WritableStream, { json, least = 'info' }: StreamLogOptions): Log {
  const at = (level: string) => (message: string, params?: LogFields) => {
    const plain = params === undefined ? message : `${message} ${JSON.stringify(params)}`;
    stream.write(json ? `${JSON.stringify({ level, message, params })}\n` : `${level.padEnd(5)} ${plain}\n`);
  };
  return { debug: nothing, info: least === 'info' ? at('info') : nothing, warn: at('warn'), error: at('error') };
}
