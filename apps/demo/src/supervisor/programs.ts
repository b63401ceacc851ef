import { fileURLToPath } from 'node:url';

/** Services of the demo, in the order in which their lines are shown. */
export const SERVICES = ['orders', 'inventory', 'billing', 'monitor'] as const;

/** The program of a service. */
export function serviceProgram(name: (typeof SERVICES)[number]): string {
  return mainOf(`@nestanza-demo/${name}`);
}

/** The `nestanza` command. */
export function commandProgram(): string {
  return mainOf('nestanza');
}

function mainOf(name: string): string {
  return fileURLToPath(new URL('dist/main.js', import.meta.resolve(`${name}/package.json`)));
}
