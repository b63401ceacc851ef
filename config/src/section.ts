import { readFileSync } from 'node:fs';
import { registerAs } from '@nestjs/config';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { parse } from 'yaml';

const FILE = new URL('../demo.yml', import.meta.url);

/** Setting → the environment variable that wins over the file. */
export type Variables<T> = { readonly [Setting in keyof T]?: string };

/**
 * A section of demo.yml as a typed, validated configuration: `@Inject(busConfig.KEY) bus: BusSettings`.
 * Reading it throws one error that lists every fault of the section.
 */
export function section<T extends object>(name: string, shape: new () => T, variables: Variables<T> = {}) {
  return registerAs(name, () => {
    const file = parse(readFileSync(FILE, 'utf8')) as Record<string, object>;
    return readSection(shape, { name, file: file[name] ?? {}, variables, environment: process.env });
  });
}

interface Sources<T> {
  readonly name: string;
  readonly file: object;
  readonly variables: Variables<T>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The section's settings: environment over file over the defaults of `shape`. An empty variable counts as unset. */
export function readSection<T extends object>(
  shape: new () => T,
  { name, file, variables, environment }: Sources<T>,
): T {
  const fromEnvironment = Object.entries<string | undefined>(variables as Record<string, string>)
    .map(([setting, variable]) => [setting, variable && environment[variable]] as const)
    .filter(([, value]) => value !== undefined && value !== '');
  const settings = plainToInstance(
    shape,
    { ...file, ...Object.fromEntries(fromEnvironment) },
    { exposeDefaultValues: true },
  );
  const faults = validateSync(settings, { whitelist: true, forbidNonWhitelisted: true });
  if (faults.length > 0) throw new Error(`The configuration is wrong:\n${faults.map(describe).join('\n')}`);
  return settings;

  function describe({ property, constraints }: ValidationError): string {
    const variable = (variables as Record<string, string | undefined>)[property];
    const where = variable === undefined ? '' : ` (or ${variable})`;
    return `  ${name}.${property}${where}: ${Object.values(constraints ?? {}).join(', ')}`;
  }
}
