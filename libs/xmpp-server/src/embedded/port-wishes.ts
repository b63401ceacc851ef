import { hasCode, NestanzaError, pause, type Duration, milliseconds } from '@nestanza/core';

/** One port that a host needs, in the order of preference: the one demanded and no other, else remembered, else usual, else any. */
export interface PortWish {
  /** The variable by which one is demanded. */
  readonly variable: string;
  readonly demanded: number | undefined;
  readonly remembered: number | undefined;
  readonly usual: number;
}

/** A host that was killed may hold its ports a moment longer than its lock. */
const PATIENCE: Duration = '1500ms';
const PULSE = 50;

/**
 * Opens a server on ports that it can have.
 * @param open - fails with `NST_SERVER_PORT`, its fact `port` the one that is taken; 0 stands for any
 * @throws NestanzaError `NST_SERVER_PORT` when a port demanded is a stranger's
 */
export async function onWishedPorts<Name extends string, Server>(
  wishes: Readonly<Partial<Record<Name, PortWish>>>,
  open: (ports: Readonly<Partial<Record<Name, number>>>) => Promise<Server>,
): Promise<Server> {
  const ports = Object.fromEntries(
    Object.entries(wishes as Readonly<Record<string, PortWish>>).map(([name, { demanded, remembered, usual }]) => [
      name,
      demanded ?? remembered ?? usual,
    ]),
  ) as Partial<Record<Name, number>>;
  let patience = milliseconds(PATIENCE);
  for (;;) {
    try {
      return await open(ports);
    } catch (error) {
      const name = (Object.keys(ports) as Name[]).find((each) => isTaken(error, ports[each]));
      if (name === undefined) throw error;
      const { variable, demanded, remembered } = wishes[name]!;
      if (patience > 0 && (demanded ?? remembered) === ports[name]) {
        await pause(PULSE);
        patience -= PULSE;
      } else if (demanded === undefined) ports[name] = 0;
      else throw taken(demanded, variable, error);
    }
  }
}

function isTaken(error: unknown, port: number | undefined): boolean {
  return hasCode(error, 'NST_SERVER_PORT') && error instanceof NestanzaError && error.facts.port === port && port !== 0;
}

function taken(port: number, variable: string, cause: unknown): NestanzaError {
  return new NestanzaError('NST_SERVER_PORT', `Port ${port} is taken: set ${variable} to a free one, or unset it.`, {
    cause,
    facts: { port },
  });
}
