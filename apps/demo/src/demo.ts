import { type DataDirectory, openDataDirectory } from './data-directory.js';
import { type Running } from './welcome.js';
import { freePort } from './supervisor/ports.js';
import { type Screen } from './supervisor/screen.js';
import { Supervisor } from './supervisor/supervisor.js';

/** The whole demo, running until it is closed. */
export interface Demo extends AsyncDisposable {
  readonly running: Running;
}

export interface DemoOptions {
  readonly screen: Screen;
  /** In a fresh directory that is removed afterwards, where `NESTANZA_DATA` names none. */
  readonly temporary: boolean;
  /** Ends the start early. */
  readonly signal: AbortSignal;
}

/** Starts everything; whatever was started is ended again when that fails, or when `signal` aborts meanwhile. */
export async function startDemo({ screen, temporary, signal }: DemoOptions): Promise<Demo> {
  const data = await openDataDirectory({ temporary });
  const httpPort = await freePort(Number(process.env['NESTANZA_HTTP_PORT'] || 3000));
  const supervisor = new Supervisor({ data, httpPort, screen });
  const stop = () => void supervisor.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const server = await supervisor.start();
    return { running: { server, httpPort, data: data.path }, [Symbol.asyncDispose]: () => end(supervisor, data) };
  } catch (error) {
    await end(supervisor, data);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function end(supervisor: Supervisor, data: DataDirectory): Promise<void> {
  await supervisor.stop();
  await data.remove();
}
