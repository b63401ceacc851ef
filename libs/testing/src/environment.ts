type Variables = Readonly<Record<string, string>>;

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` while the environment has these variables, and puts back what was there. The environment is one for the
 * whole process, so one runs after the other.
 */
export function withEnvironment<T>(variables: Variables, work: () => Promise<T>): Promise<T> {
  const run = turn.then(() => surrounded(variables, work));
  turn = run.catch(() => undefined);
  return run;
}

async function surrounded<T>(variables: Variables, work: () => Promise<T>): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
