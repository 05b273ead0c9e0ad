import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { z } from '@tickfolio/lib/config';
import { StartError } from '@tickfolio/lib/errors';
import { readSettings, refuseToStart, runProcess } from '@tickfolio/lib/lifecycle';
import { postgresServer, postgresSettings } from '@tickfolio/lib/postgres';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { createLogger } from '@tickfolio/lib/telemetry';
import { createNotices } from '../notices.js';
import { allDatabases } from '../stores/store-names.js';
import { parkedInWords, type ReadingService, releaseEverywhere } from './parked-streams.js';
import { restoredService } from './restored.js';

const help = `Looks after what services tell each other.

  npm run events                        names the streams of which a service takes nothing in because of one event
  npm run events -- release <stream>    has one go on with that event once the run is started again
  npm run events -- restored <service>  says of a database on a server that it was restored from a backup

The first two are for the embedded databases of \`make run\`, after the run was stopped. On a server a stream is released
by one statement, while the service runs: docs/operate/alerts.md, StreamParked. Their settings: DATA_DIR (./data),
PROFILE_POSTGRES_DB (profile_db).
The last is for auth, portfolio and orders, once their database on a server was restored and before they start; \`make restore\`
says it by itself. Its settings are those of the service: POSTGRES_HOST, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB …
  --above <epoch>    where the clock was ahead at a restore before: docs/operate/backup.md
Exit code: 0 when it was done, 1 when it was not.
`;
const shutdownDeadlineMs = 20_000;
/** As the databases keep it. */
const maxEpoch = 2_147_483_647;

const settings = z.object({
  DATA_DIR: z.string().default('./data'),
  PROFILE_POSTGRES_DB: z.string().default('profile_db'),
});

const print = (text: string) => void process.stdout.write(`${text}\n`);

const readArguments = () => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, above: { type: 'string' } },
    });
    const [command, name, stranger] = positionals;
    const isUnderstood = command === undefined || (['release', 'restored'].includes(command) && name !== undefined);
    if (!isUnderstood || stranger !== undefined) throw new Error(`"${positionals.join(' ')}" is not understood.`);
    const above = values.above === undefined ? undefined : Number(values.above);
    const isEpoch = above === undefined || (Number.isInteger(above) && above > 0 && above < maxEpoch);
    if (!isEpoch || (above !== undefined && command !== 'restored'))
      throw new Error(`--above ${values.above} is not understood.`);
    return { command, name, above, help: values.help === true };
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

const log = createLogger('events', 'warn', createNotices(clock, print));

const lookAfterStreams = async (stream: string | undefined): Promise<void> => {
  const { DATA_DIR, PROFILE_POSTGRES_DB } = readSettings('events', settings, process.env);
  await runProcess(
    async (life) => {
      const folder = join(resolve(DATA_DIR), allDatabases);
      if (!existsSync(folder)) throw new StartError(`${resolve(DATA_DIR)} has no databases of a run.`);
      const engine = life.own('databases', await openPgliteEngine({ folder, clock, log }));
      const [bff, portfolio, orders] = await Promise.all([
        import('@tickfolio/bff/app'),
        import('@tickfolio/portfolio/app'),
        import('@tickfolio/orders/app'),
      ]);
      const open = async (
        name: string,
        schema: string,
        { migrationsFolder }: typeof bff | typeof portfolio | typeof orders,
      ) => {
        const { db } = await engine.database({ schema, migrationsFolder });
        return { name, db };
      };
      const services = [
        await open('bff', PROFILE_POSTGRES_DB, bff),
        await open('portfolio', 'portfolio_service', portfolio),
        await open('orders', 'order_service', orders),
      ];
      await (stream === undefined ? tell(services) : release(services, stream));
      life.finish();
    },
    { log, shutdownDeadlineMs },
  );
};

const sayRestored = async (name: string, above: number | undefined): Promise<void> => {
  const {
    database: usual,
    migrationsFolder,
    begin,
  } = await restoredService(name).catch((err: Error) => refuseToStart(err.message));
  const server = z.object(postgresSettings(process.env, usual));
  const { POSTGRES_DB: database, ...config } = readSettings('events', server, process.env);
  await runProcess(
    async (life) => {
      const { openServerPostgres } = await import('@tickfolio/lib/postgres/server');
      const place = { ...postgresServer(config), database, maxConnections: 2 };
      const postgres = life.own(
        'database',
        await openServerPostgres({ ...place, migrationsFolder, clock, log, signal: life.signal }),
      );
      print(`${database} is one that was restored: ${await begin(postgres.db, above)}. Start ${name} now.`);
      life.finish();
    },
    { log, shutdownDeadlineMs },
  );
};

const { command, name, above, help: wantsHelp } = readArguments();
if (wantsHelp) process.stdout.write(help);
else if (command === 'restored' && name !== undefined) await sayRestored(name, above);
else await lookAfterStreams(name);
