// SPDX-License-Identifier: EUPL-1.2
/*
 * Who may import whom (law 13):
 *
 *   apps ──▶ adapters ──▶ adapter-kit ──▶ canonical ──▶ nothing but zod
 *     │          └──────▶ platform ────────▲
 *     └──▶ bus | store | platform | ops-api ┘
 *
 * Run by test/architecture/imports.spec.ts, which also proves that each rule bites.
 */
const SPEC = '\\.spec\\.ts$';
/** A package, wherever node_modules is. */
const packages = (...names) => names.map((name) => `(^|/)node_modules/${name}(/|$)`);
const index = (...libs) => libs.map((lib) => `^libs/${lib}/src/index\\.ts$`);

/** One direction: everything imported from `from` that is not listed is an error. */
const only = (name, comment, from, allowed, more = {}) =>
  never(name, comment, { path: from, pathNot: SPEC }, { pathNot: [from, ...allowed], ...more });
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const ours = '^(apps|libs)/';

const directions = [
  only(
    'canonical-is-the-bottom',
    'canonical is the language: no Nest, no I/O, no vendor. It imports zod and nothing else.',
    '^libs/canonical/',
    packages('zod'),
  ),
  only(
    'adapter-kit-knows-canonical',
    'What it means to be an adapter is said with canonical words; I/O belongs to adapters and platform.',
    '^libs/adapter-kit/src/',
    [...index('canonical'), ...packages('zod', '@marcbachmann/cel-js', 'saxes')],
    { dependencyTypesNot: ['core'] },
  ),
  never(
    'shared-wires-know-the-kit',
    'What several adapters share of a wire (adapter-kit/sftp, adapter-kit/xsd) serves every adapter and knows none.',
    { path: '^libs/adapter-kit/(sftp|xsd)/', pathNot: SPEC },
    { path: ours, pathNot: ['^libs/adapter-kit/(src|sftp|xsd)/', ...index('canonical', 'platform')] },
  ),
  never(
    'adapter-kit-testing-knows-the-kit',
    'Suites and simulator tools serve every adapter and know none.',
    { path: '^libs/adapter-kit/testing/' },
    { path: ours, pathNot: ['^libs/adapter-kit/', ...index('canonical', 'platform')] },
  ),
  never(
    'lower-libs-know-canonical',
    'bus, store, platform and ops-api stand side by side on canonical; what joins them is in the apps.',
    { path: '^libs/(bus|store|platform|ops-api)/', pathNot: SPEC },
    { path: ours, pathNot: ['^libs/$1/', ...index('canonical')] },
  ),
  never('libs-know-no-app', 'Imports go down, never up.', { path: '^libs/' }, { path: '^apps/' }),
];

const adapters = [
  never(
    'adapters-know-the-kit',
    'An adapter imports adapter-kit, canonical and platform (http, types): no bus, no store, no app, no other adapter, not even its own simulator.',
    { path: '^libs/adapters/([^/]+)/src/', pathNot: SPEC },
    {
      path: ours,
      pathNot: ['^libs/adapters/$1/src/', ...index('adapter-kit', 'adapter-kit/sftp', 'adapter-kit/xsd', 'canonical', 'platform')],
    },
  ),
  never(
    'adapter-tests-know-the-kit',
    'Specs and simulators of an adapter may have the testing kit and their own adapter as well; other adapters stay strangers.',
    { path: '^libs/adapters/([^/]+)/' },
    { path: ours, pathNot: ['^libs/adapters/$1/', '^libs/adapter-kit/', ...index('canonical', 'platform')] },
  ),
  never(
    'adapters-know-no-framework',
    'An adapter is dull: it neither injects nor stores. Nest, TypeORM and pg are the house’s business.',
    { path: '^libs/adapters/' },
    { path: packages('@nestjs', 'typeorm', 'pg') },
  ),
  never(
    'adapters-call-through-platform',
    "Outside calls go through platform's HttpClient or the kit's SFTP client: they limit time and size and say whether the target may have acted.",
    { path: '^libs/adapters/[^/]+/src/', pathNot: SPEC },
    { path: ['^(node:)?(http|https|http2)$', ...packages('axios', 'undici', 'ssh2')], dependencyTypesNot: ['type-only'] },
  ),
  never(
    'wire-words-stay-on-the-wire',
    "The other side's words are known to client, auth, mapping and errors of the adapter (and to its simulator); the rest may name their types.",
    { path: '^libs/adapters/[^/]+/src/', pathNot: [SPEC, '\\.(wire|client|mapping|errors|auth)\\.ts$'] },
    { path: '\\.wire\\.ts$', dependencyTypesNot: ['type-only'] },
  ),
  never(
    'only-the-registry-names-vendors',
    'The core knows kinds, never vendors: adapters come from adapters.generated.ts (npm run gen). The landscape plays their other sides.',
    { path: ours, pathNot: ['^apps/hub/src/adapters\\.generated\\.ts$', '^apps/landscape/', '^libs/adapters/', SPEC] },
    { path: '^libs/adapters/' },
  ),
];

const habits = [
  never(
    'no-cycles',
    'What needs each other belongs together, or has a third part in common.',
    {},
    {
      circular: true,
      viaOnly: { dependencyTypesNot: ['type-only'] },
    },
  ),
  never(
    'across-by-name',
    'Another lib or app is imported by its name (@amtsbote/…), never by a relative path: its index.ts says what is public.',
    { path: '^((?:libs/adapters|libs|apps)/[^/]+)/' },
    { path: ours, pathNot: '^$1/', dependencyTypesNot: ['aliased-tsconfig-paths'] },
  ),
  never(
    'tests-use-the-front-door',
    'Tests of the whole import what index.ts exports, as everybody does.',
    { path: '^test/' },
    { path: '^libs/', pathNot: '/index\\.ts$' },
  ),
  never('resolvable', 'An import that leads nowhere.', {}, { couldNotResolve: true }),
  never(
    'product-needs-no-tools',
    'What runs in production is a dependency, not a devDependency. Types may come from tools.',
    { path: ours, pathNot: [SPEC, '^apps/.+/test/'] },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: packages('@types') },
  ),
];

export default {
  forbidden: [...directions, ...adapters, ...habits],
  options: {
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^apps/console/src/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
