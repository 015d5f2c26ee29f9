// SPDX-License-Identifier: EUPL-1.2
/** NestJS 12 is ESM only: Jest runs in VM-modules mode (see scripts/test.mjs) and resolves the house's two aliases. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
};
const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/var/'],
  moduleNameMapper: {
    '^nock$': '<rootDir>/test/support/nock.mjs',
    '^@amtsbote/adapters/(.*)$': '<rootDir>/libs/adapters/$1/src/index.ts',
    '^@amtsbote/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};
const project = (displayName, testMatch, more = {}) => ({ ...base, displayName, testMatch, ...more });
// These start their own embedded PostgreSQL once per run and get a database per test file.
const withDatabase = {
  globalSetup: '<rootDir>/test/support/postgres.setup.mjs',
  globalTeardown: '<rootDir>/test/support/postgres.teardown.mjs',
};

export default {
  testTimeout: 30_000,
  maxWorkers: 2,
  projects: [
    project('unit', ['<rootDir>/{apps,libs,test/simulation}/**/*.spec.ts'], {
      testPathIgnorePatterns: ['/node_modules/', '\\.(contract|int|e2e|real|browser)\\.spec\\.ts$'],
    }),
    project('architecture', ['<rootDir>/test/architecture/**/*.spec.ts']),
    project('contract', ['<rootDir>/{apps,libs}/**/*.contract.spec.ts']),
    project(
      'integration',
      ['<rootDir>/{apps,libs,test/simulation}/**/*.int.spec.ts', '<rootDir>/test/regressions/**/*.spec.ts'],
      withDatabase,
    ),
    project('journeys', ['<rootDir>/test/{journeys,crash}/**/*.spec.ts'], withDatabase),
    // Only when asked for (npm run test:real, npm run test:browser): they need more of the machine than npm brings.
    project('real', ['<rootDir>/test/real/**/*.real.spec.ts'], withDatabase),
    project('browser', ['<rootDir>/test/browser/**/*.browser.spec.ts'], withDatabase),
  ],
};
