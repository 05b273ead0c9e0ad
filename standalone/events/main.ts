import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { z } from '@tickfolio/lib/config';
import { StartError } from '@tickfolio/lib/errors';
import { readSettings, refuseToStart, runProcess } from '@tickfolio/lib/lifecycle';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { createLogger } from '@tickfolio/lib/telemetry';
import { createNotices } from '../notices.js';
import { allDatabases } from '../stores/store-names.js';
import { parkedInWords, type ReadingService, releaseEverywhere } from './parked-streams.js';

const help = `Names the streams of which a service takes nothing in because of one event, and has one go on.

  npm run events                        names them
  npm run events -- release <stream>    has it go on with that event once the run is started again

For the embedded databases of \`make run\`, after the run was stopped. On a server it is one statement, while the service
runs: docs/operate/alerts.md, StreamParked.
Settings: DATA_DIR (./data), PROFILE_POSTGRES_DB (profile_db).
Exit code: 0 when it was done, 1 when it was not.
`;
const shutdownDeadlineMs = 20_000;

const settings = z.object({
  DATA_DIR: z.string().default('./data'),
  PROFILE_POSTGRES_DB: z.string().default('profile_db'),
});

const print = (text: string) => void process.stdout.write(`${text}\n`);

const readArguments = () => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    const [command, stream, stranger] = positionals;
    const isUnderstood = command === undefined || (command === 'release' && stream !== undefined);
    if (!isUnderstood || stranger !== undefined) throw new Error(`"${positionals.join(' ')}" is not understood.`);
    return { stream, help: values.help === true };
  } catch (err) {
    return refuseToStart(`${err instanceof Error ? err.message : err}\nSee --help.`);
  }
};

const tell = async (services: readonly ReadingService[]): Promise<void> => {
  const lines = await parkedInWords(services);
  for (const line of lines.length > 0 ? lines : ['No stream is parked.']) print(line);
};
const release = async (services: readonly ReadingService[], stream: string): Promise<void> => {
  const released = await releaseEverywhere(services, stream);
  if (released.length === 0) throw new StartError(`No stream "${stream}" is parked. Those that are: npm run events`);
  print(`${stream} goes on in ${released.join(' and ')} once the run is started again.`);
};

const run = async (stream: string | undefined): Promise<void> => {
  const { DATA_DIR, PROFILE_POSTGRES_DB } = readSettings('events', settings, process.env);
  const log = createLogger('events', 'warn', createNotices(clock, print));
  await runProcess(
    async (life) => {
      const folder = join(resolve(DATA_DIR), allDatabases);
      if (!existsSync(folder)) throw new StartError(`${resolve(DATA_DIR)} has no databases of a run.`);
      const engine = life.own('databases', await openPgliteEngine({ folder, clock, log }));
      const [bff, portfolio] = await Promise.all([import('@tickfolio/bff/app'), import('@tickfolio/portfolio/app')]);
      const open = async (name: string, schema: string, { migrationsFolder }: typeof bff | typeof portfolio) => {
        const { db } = await engine.database({ schema, migrationsFolder });
        return { name, db };
      };
      const services = [
        await open('bff', PROFILE_POSTGRES_DB, bff),
        await open('portfolio', 'portfolio_service', portfolio),
      ];
      await (stream === undefined ? tell(services) : release(services, stream));
      life.finish();
    },
    { log, shutdownDeadlineMs },
  );
};

const { stream, help: wantsHelp } = readArguments();
if (wantsHelp) process.stdout.write(help);
else await run(stream);
