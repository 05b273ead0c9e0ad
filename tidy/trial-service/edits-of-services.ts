import type { Edit } from './edits.js';

/** What has to know of a service among the services. */
export const serviceEdits: readonly Edit[] = [
  {
    path: 'services/services.ts',
    why: 'the registry: its name, face, port, memory, needs, and that the gateway calls it',
    put: [
      {
        before: '  bff: {\n',
        text: `  trial: {
    folder: 'services/trial',
    words: 'trials that are started and heard of',
    grpc: { port: 50090, services: ['trial.v1.TrialService'] },
    operations: { port: 9490, ready: '/ready' },
    published: [],
    aliases: [],
    memoryMb: 128,
    needs: ['postgres-core', 'kafka'],
    database: 'trial_service',
    isolatedPort: 5490,
    calls: [],
    sends: [],
    holdsUsers: false,
    core: false,
    profile: 'whole',
  },
`,
      },
      { after: "      { to: 'auth', over: 'grpc' },\n", text: "      { to: 'trial', over: 'grpc' },\n" },
    ],
  },
  {
    path: 'standalone/package.json',
    why: 'the all-in-one run imports it',
    put: [{ after: '    "@tickfolio/socket": "0.1.0",\n', text: '    "@tickfolio/trial": "0.1.0",\n' }],
  },
  {
    path: 'standalone/tsconfig.json',
    why: 'it is built before the all-in-one run',
    put: [{ after: '    { "path": "../services/socket" },\n', text: '    { "path": "../services/trial" },\n' }],
  },
  {
    path: 'standalone/parts.ts',
    why: 'the list of what a run has, and whom its gateway calls',
    put: [
      {
        after: "import { sqlPort } from './parts/sql-port.js';\n",
        text: "import { trial } from './parts/trial.js';\n",
      },
      { after: 'bffPart({ auth', text: ', trial' },
      { after: '  jwtSecret,\n', text: '  trial,\n' },
    ],
  },
];
