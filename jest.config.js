/** Jest in ESM mode: libraries resolve to their TypeScript source through the `@nestanza/source` condition. */
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
};

export default {
  testMatch: [
    '<rootDir>/libs/**/*.spec.ts',
    '<rootDir>/apps/**/*.spec.ts',
    '<rootDir>/config/src/**/*.spec.ts',
    '<rootDir>/test/{contracts,scenarios,architecture,conformance,bugs,kill,chaos,bench,support}/**/*.spec.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/(libs|apps)/[^/]+/dist/', '<rootDir>/config/dist/', '<rootDir>/test/dist/'],
  // Specs with real servers share two slow cores with each other.
  testTimeout: 30_000,
  workerIdleMemoryLimit: '300MB',
  testEnvironmentOptions: { customExportConditions: ['@nestanza/source', 'node', 'node-addons'] },
};
