import type { Edit } from './edits.js';

/** What has to know of a service that the gateway calls, in the gateway and around it. */
export const bffEdits: readonly Edit[] = [
  {
    path: 'bff/config.ts',
    why: 'the setting of where the gateway finds it',
    put: [
      {
        after:
          "    AUTH_SERVICE_ADDR: serverAddress('authorization-service:50051').describe('The auth service, by gRPC.'),\n",
        text: "    TRIAL_SERVICE_ADDR: serverAddress('trial:50090').describe('The trial service, by gRPC.'),\n",
      },
    ],
  },
  {
    path: 'bff/options.ts',
    why: 'its client among what the gateway is built of',
    put: [
      {
        before: "import type { AggregatorClient } from './market/aggregator-client.js';\n",
        text: "import type { TrialClient } from './trial/trial-client.js';\n",
      },
      {
        after: '  readonly auth: AuthClient;\n',
        text: '  /** Absent: there are no trials. */\n  readonly trial?: TrialClient;\n',
      },
    ],
  },
  {
    path: 'bff/app.ts',
    why: 'its client, for who builds the gateway',
    put: [
      {
        before: "export { migrationsFolder } from './schema.js';\n",
        text: "export { createTrialClient } from './trial/trial-client.js';\n",
      },
    ],
  },
  {
    path: 'bff/main.ts',
    why: 'its client is made',
    put: [
      { after: '  createAuthClient,\n', text: '  createTrialClient,\n' },
      {
        before: '  const aggregator = createAggregators({\n',
        text: "  const trial = life.own('trial', createTrialClient({ ...neighbour, target: hostPort(config.TRIAL_SERVICE_ADDR) }));\n",
      },
      { after: 'postgres, auth, ', text: 'trial, ' },
    ],
  },
  {
    path: 'bff/modules.ts',
    why: "the list of the gateway's domains",
    put: [
      { before: '\n/** Every domain', text: "import { trial } from './trial/module.js';\n" },
      { after: 'market, live', text: ', trial' },
    ],
  },
  {
    path: 'standalone/parts/bff.ts',
    why: 'the gateway of the run is given its client, and starts after it',
    put: [
      { after: "import { socket } from './socket.js';\n", text: "import { trial } from './trial.js';\n" },
      { after: 'needs: { aggregator, auth, database, jwtSecret, pubsub, socket', text: ', trial' },
      { after: 'createAuthClient, ', text: 'createTrialClient, ' },
      {
        before: '    const archive: { clickhouse',
        text: "    const trialClient = own('trial client', createTrialClient({ clock, target: given.trial.target, observe, observeCircuit }));\n",
      },
      { after: '        auth: authClient,\n', text: '        trial: trialClient,\n' },
    ],
  },
  {
    path: 'api/package.json',
    why: 'the bodies of its routes, for gateway, page and clients',
    put: [
      {
        after: '  "exports": {\n',
        text: `    "./trial": {
      "tickfolio-source": "./trial.ts",
      "types": "./dist/trial.d.ts",
      "default": "./dist/trial.js"
    },
`,
      },
    ],
  },
];
