import { fileURLToPath } from 'node:url';

/** Which files each suite has: the scripts in package.json name suites, and CONTRIBUTING.md says how one file is run. */
const suites = {
  unit: ['tests/unit/'],
  service: ['tests/integration/', 'tests/api/', 'tests/contract/(?!s3/|sqs/|aws/|lambda/)', 'tests/faults/(?!s3/)'],
  browser: ['tests/admin/', 'tests/browser/'],
  s3: ['tests/contract/s3/', 'tests/faults/s3/'],
  client: ['tests/client/'],
  aws: ['tests/contract/sqs/', 'tests/contract/aws/'],
  lambda: ['tests/contract/lambda/'],
};

/** A PostgreSQL for the run: most of what a single file waits for. */
const withDatabase = {
  globalSetup: '<rootDir>/tests/support/global-setup.ts',
  globalTeardown: '<rootDir>/tests/support/global-teardown.ts',
};

const rootDir = fileURLToPath(new URL('.', import.meta.url));
const escapedRoot = rootDir.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** @type {import('jest').Config} */
export default {
  maxWorkers: 2,
  testTimeout: 120_000,
  projects: Object.entries(suites).map(([name, folders]) => ({
    displayName: name,
    rootDir,
    roots: ['<rootDir>/tests'],
    testRegex: folders.map((folder) => `^${escapedRoot}${folder}.*\\.test\\.ts$`),
    testEnvironment: 'node',
    extensionsToTreatAsEsm: ['.ts', '.tsx'],
    transform: {
      '^.+\\.tsx?$': [
        '@swc/jest',
        {
          jsc: { parser: { syntax: 'typescript', tsx: true }, target: 'es2023' },
          module: { type: 'es6' },
        },
      ],
    },
    ...(name === 'unit' ? {} : withDatabase),
  })),
};
