import { readFile } from 'node:fs/promises';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { createAppend } from '@tickfolio/lib/outbox';
import { databaseTime } from '@tickfolio/lib/postgres';
import { openServerPostgres, type ServerPostgresOptions } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { createBooks } from '../books/books.js';
import { portfolioEvents } from '../schema.js';
import { coinElsewhere } from './holdings.js';

// Started by the test of kills: takes over what users had elsewhere, one after the other, and prints each answer. Whoever
// is started with the same users asks for the same.
const [settings = '{}'] = process.argv.slice(2);
const { server, ownersFile, coinsEach, first } = JSON.parse(settings) as {
  readonly server: Omit<ServerPostgresOptions, 'log' | 'clock'>;
  /** So many do not fit into an argument. */
  readonly ownersFile: string;
  readonly coinsEach: number;
  readonly first: number;
};
type Owners = readonly { readonly portfolioId: string; readonly userId: string }[];
const owners = JSON.parse(await readFile(ownersFile, 'utf8')) as Owners;
const { db, close } = await openServerPostgres({ ...server, log: silentLogger(), clock });
const time = databaseTime;
const append = createAppend({ tables: portfolioEvents, clock, time, source: 'portfolio' });
const { adoption } = createBooks({ db, append, time, clock });

const firstId = await adoption.begin(owners.length * coinsEach);
process.stdout.write(`begun ${firstId}\n`);
for (const [at, owner] of owners.entries()) {
  if (at < first) continue;
  const coins = Array.from({ length: coinsEach }, (_, coin) =>
    coinElsewhere(at * coinsEach + coin + 1, `c${coin}usdt`, `${at}.${coin + 1}`),
  );
  const { version, coins: adopted } = await adoption.adopt({ ...owner, requestId: '', coins });
  process.stdout.write(`user ${at} ${version} ${adopted.map(({ id, available }) => `${id}:${available}`).join(' ')}\n`);
}
await close();
process.stdout.write('done\n');
