import type { Edit } from './edits.js';

/** What has to know of a service that the gateway calls, in the gateway. */
export const bffEdits: readonly Edit[] = [
  {
    path: 'bff/modules.ts',
    why: "the list of the gateway's domains",
    put: [
      {
        after: "import { portfolio } from './portfolio/module.js';\n",
        text: "import { trial } from './trial/module.js';\n",
      },
      { after: '  live,\n', text: '  trial,\n' },
    ],
  },
];
