import base from '../../jest.config.js';

/** Specs that need Debian's servers and clients, or the whole demo. One after another: each starts many processes. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/interop/**/*.int.spec.ts'],
  testTimeout: 120_000,
  verbose: true,
};
