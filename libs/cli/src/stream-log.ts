import type { Log, LogFields } from '@nestanza/core';

/** A log of JSON lines or of plain ones, on a stream that is not the command's output. */
export function streamLog(stream: NodeJS.WritableStream, { json }: { json: boolean }): Log {
  const at = (level: string) => (message: string, params?: LogFields) => {
    const plain = params === undefined ? message : `${message} ${JSON.stringify(params)}`;
    stream.write(json ? `${JSON.stringify({ level, message, params })}\n` : `${level.padEnd(5)} ${plain}\n`);
  };
  return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
}
