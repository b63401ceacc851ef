import base from '../../jest.config.js';

/** Documentation as a test: examples compile, links lead somewhere. */
export default { ...base, rootDir: '../..', testMatch: ['<rootDir>/test/docs/*.docs.spec.ts'] };
