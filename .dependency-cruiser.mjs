/** Who may import whom. `npm run imports` checks it; CI runs it. */
const features = [
  'accounts',
  'audit',
  'images',
  'installation',
  'jobs',
  'links',
  'maintenance',
  'monitoring',
  'thumbnailing',
  'tiers',
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-stands-alone',
      comment: 'core imports core, zod, Node, and the AWS SDK in its one file',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/storage/s3-object-store\\.ts$' },
      to: { pathNot: ['^core/', '^node_modules/zod/', '^node:'], dependencyTypesNot: ['core'] },
    },
    {
      name: 's3-driver-knows-the-sdk-alone',
      severity: 'error',
      from: { path: '^core/storage/s3-object-store\\.ts$' },
      to: { pathNot: ['^core/', '^node_modules/@aws-sdk/client-s3/', '^node:'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'aws-s3-in-one-file',
      severity: 'error',
      from: {
        path: '^(core|server|admin|lambda|client|tools)/',
        // Deploying makes and empties whole buckets, which is no store's work.
        pathNot: ['^core/storage/s3-object-store\\.ts$', '^tools/aws/'],
      },
      to: { path: '^node_modules/@aws-sdk/client-s3' },
    },
    {
      name: 'aws-lambda-in-one-file',
      severity: 'error',
      from: { path: '^(core|server|admin|lambda|client|tools)/', pathNot: '^server/thumbnailing/lambda-invoker\\.ts$' },
      to: { path: '^node_modules/@aws-sdk/client-lambda' },
    },
    {
      name: 'aws-sqs-in-one-file',
      severity: 'error',
      from: { path: '^(core|server|admin|lambda|client|tools)/', pathNot: '^server/thumbnailing/results-queue\\.ts$' },
      to: { path: '^node_modules/@aws-sdk/client-sqs' },
    },
    {
      name: 'cloudformation-where-it-is-deployed',
      severity: 'error',
      from: { path: '^(core|server|admin|lambda|client|tools)/', pathNot: '^tools/aws/' },
      to: { path: '^node_modules/@aws-sdk/client-(cloudformation|sts)' },
    },
    {
      name: 'sharp-in-one-file',
      severity: 'error',
      from: { path: '^(core|server|admin|lambda|client)/', pathNot: '^lambda/make-thumbnails\\.ts$' },
      to: { path: '^node_modules/sharp/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'lambda-knows-no-server',
      severity: 'error',
      from: { path: '^lambda/' },
      to: { path: '^(server|admin|client)/' },
    },
    {
      name: 'client-knows-types-alone',
      severity: 'error',
      from: { path: '^client/(?!build)' },
      to: { path: '^(server|admin|lambda|core)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'adminjs-in-admin',
      severity: 'error',
      from: { path: '^(core|server|lambda|client)/' },
      to: { path: '^node_modules/(adminjs|@adminjs)/' },
    },
    {
      name: 'server-knows-no-panel',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/(main|app|service|manage)\\.ts$' },
      to: { path: '^(admin|lambda)/' },
    },
    {
      name: 'feature-keeps-its-models-and-routes',
      comment: 'another feature is used by its use cases; its model file is a type at most, its routes never',
      severity: 'error',
      from: { path: `^server/(${features.join('|')})/` },
      to: {
        path: `^server/(${features.join('|')})/[^/]+\\.(model|routes|router)\\.ts$`,
        pathNot: '^server/$1/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'routes-go-through-use-cases',
      severity: 'error',
      from: { path: '\\.(routes|router)\\.ts$', pathNot: '^server/embedded/' },
      to: { path: ['\\.model\\.ts$', '^core/storage/(disk|s3)', '^server/db/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'panel-has-models-injected',
      severity: 'error',
      from: { path: '^admin/' },
      to: { path: ['\\.model\\.ts$', '^server/db/', '\\.routes\\.ts$'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tests-stay-outside',
      severity: 'error',
      from: { path: '^(core|server|admin|lambda|client)/' },
      to: { path: '^tests/' },
    },
    {
      name: 'nothing-undeclared',
      severity: 'error',
      from: { path: '^(core|server|admin|lambda|client)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|coverage|client/dist)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
