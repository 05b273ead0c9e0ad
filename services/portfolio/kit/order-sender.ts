import { systemClock as clock } from '@tickfolio/lib/clock';
import { createAppend } from '@tickfolio/lib/outbox';
import { databaseTime } from '@tickfolio/lib/postgres';
import { openServerPostgres, type ServerPostgresOptions } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { v5 as uuid5 } from 'uuid';
import { createBooks } from '../books/books.js';
import { portfolioEvents } from '../schema.js';

// Started by the test of kills: reserves, fills twice and releases one order after the other, and prints each answer.
// Whoever is started with the same numbers asks for the same.
const [settings = '{}'] = process.argv.slice(2);
const { server, portfolioId, userId, first, last } = JSON.parse(settings) as {
  readonly server: Omit<ServerPostgresOptions, 'log' | 'clock'>;
  readonly portfolioId: string;
  readonly userId: string;
  readonly first: number;
  readonly last: number;
};
const { db, close } = await openServerPostgres({ ...server, log: silentLogger(), clock });
const time = databaseTime;
const append = createAppend({ tables: portfolioEvents, clock, time, source: 'portfolio' });
const { reservations, settle } = createBooks({ db, append, time, clock });

const say = async (number: number, step: string, work: Promise<object>) => {
  // An answer that comes out of the database has its fields in another order.
  const answer = Object.entries(await work).sort(([a], [b]) => (a < b ? -1 : 1));
  process.stdout.write(`order ${number} ${step} ${JSON.stringify(answer)}\n`);
};
for (let number = first; number <= last; number++) {
  const id = (of: string) => uuid5(`${of} ${number}`, portfolioId);
  const asked = { portfolioId, userId, requestId: '', reservationId: id('order') };
  const fill = (name: string, amount: string) =>
    settle({
      ...asked,
      fillId: id(name),
      take: { asset: 'USDT', amount },
      give: { asset: 'BTC', via: 'btcusdt', amount: '0.01' },
      fees: [{ asset: 'BTC', amount: '0.0001' }],
    });
  await say(number, 'reserve', reservations.reserve({ ...asked, for: 'order', asset: 'USDT', amount: '10' }));
  await say(number, 'first', fill('first', '4'));
  await say(number, 'second', fill('second', '3'));
  await say(number, 'release', reservations.release({ ...asked, reason: 'cancelled' }));
}
await close();
process.stdout.write('done\n');
