/** How swc compiles a Nest application: ECMAScript modules, decorators with the metadata that injection needs. */
const swc = {
  swcrc: false,
  module: { type: 'es6' },
  sourceMaps: 'inline',
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
} as const;

/**
 * Jest for a Nest application of ECMAScript modules in TypeScript. Needs `@swc/jest` and `@swc/core`, and Node's flag
 * `--experimental-vm-modules`. The test database's server runs from before the first to after the last test file.
 * @example
 * // jest.config.js
 * import { preset } from '@nestanza/testing/jest';
 * export default { ...preset };
 */
export const preset = {
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 30_000,
  globalSetup: '@nestanza/testing/setup',
  globalTeardown: '@nestanza/testing/teardown',
} as const;
