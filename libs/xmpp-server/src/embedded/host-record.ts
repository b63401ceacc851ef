import { connect } from 'node:net';
import { join } from 'node:path';
import { readIfThere, writePrivate } from '../private-file.js';

/** What the host leaves in the data directory for everybody else, and for the next host. */
export interface HostRecord {
  readonly host: string;
  readonly port: number;
  /** For components, where any are configured. */
  readonly componentPort?: number;
  /** Of the process that hosts or hosted last. */
  readonly pid: number;
}

const FILE = 'server.json';

export async function readHostRecord(directory: string): Promise<HostRecord | undefined> {
  const text = await readIfThere(join(directory, FILE));
  return text === undefined ? undefined : (JSON.parse(text) as HostRecord);
}

export async function writeHostRecord(directory: string, record: HostRecord): Promise<void> {
  await writePrivate(join(directory, FILE), `${JSON.stringify(record)}\n`);
}

/** Whether somebody accepts connections there. */
export function isListening({ host, port }: HostRecord): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const answer = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}
