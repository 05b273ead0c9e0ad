import { startTestPostgres, type TestPostgres } from '@tickfolio/lib/kit/postgres';
import type { BenchContext, Benchmark } from '../measure/benchmark.js';
import type { Child } from '../measure/child.js';
import { createLatencies } from '../measure/latencies.js';
import { none, short, times, whole } from '../measure/table.js';
import { cpuBetween } from '../measure/usage.js';
import type { HistoryBff } from './bff.js';

const coinsPerUser = 5;
const symbolCount = 500;
const database = 'profile_db';
/** Users whose charts are read, with all minutes and hours that are kept of a year. */
const readers = 50;
/** Of the day that is removed: an eighth of it. */
const oldMinutes = 180;
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;
const rounds = 3;

const symbolsSql = `'coin' || ((u * 7 + c * 13) % ${symbolCount}) || 'usdt'`;
const idSql = `'00000000-0000-4000-8000-' || lpad(u::text, 12, '0')`;
const idOf = (user: number) => `00000000-0000-4000-8000-${String(user).padStart(12, '0')}`;
const moment = (atMs: number) => `'${new Date(atMs).toISOString()}'::timestamptz`;
const dateOf = (atMs: number, digits: number) => new Date(atMs).toISOString().replaceAll('-', '').slice(0, digits);

/** Runs a statement. @returns how many milliseconds it took */
const timed = async (server: TestPostgres, statement: string): Promise<number> => {
  const startedAt = performance.now();
  await server.query(statement, database);
  return performance.now() - startedAt;
};

const fillPortfolios = async (server: TestPostgres, users: number) => {
  await server.query(
    `insert into profiles (id, name) select ${idSql}, 'user-' || u from generate_series(0, ${users - 1}) u`,
    database,
  );
  await server.query(
    `insert into coins (user_id, symbol, quote_asset, quantity)
     select ${idSql}, ${symbolsSql}, 'usdt', ((u * 7 + c * 13) % 5000 + 1)::numeric / 1000
     from generate_series(0, ${users - 1}) u, generate_series(0, ${coinsPerUser - 1}) c`,
    database,
  );
  await server.query('analyze', database);
};

const addPartition = (server: TestPostgres, table: string, name: string, fromMs: number, toMs: number) =>
  server.query(
    `create table if not exists ${name} partition of ${table} for values from (${moment(fromMs)}) to (${moment(toMs)})`,
    database,
  );

const fillHistory = async (server: TestPostgres, nowMs: number) => {
  const today = Math.floor(nowMs / dayMs) * dayMs;
  for (const ago of [1, 2])
    await addPartition(
      server,
      'value_minutes',
      `value_minutes_${dateOf(today - ago * dayMs, 8)}`,
      today - ago * dayMs,
      today - (ago - 1) * dayMs,
    );
  const month = (ago: number) => Date.UTC(new Date(nowMs).getUTCFullYear(), new Date(nowMs).getUTCMonth() - ago);
  for (let ago = 1; ago <= 12; ago++)
    await addPartition(server, 'value_hours', `value_hours_${dateOf(month(ago), 6)}`, month(ago), month(ago - 1));
  const fill = (table: string, columns: string, moments: string, fromMs: number, step: string) =>
    server.query(
      `insert into ${table} (user_id, simulated, ${columns}, value) select ${idSql}, false, ${moments}, 136752.975 + u
       from generate_series(${moment(fromMs)}, ${moment(nowMs - hourMs)}, '${step}') m, generate_series(0, ${readers - 1}) u on conflict do nothing`,
      database,
    );
  await fill('value_minutes', 'minute', 'm', Math.floor(nowMs / minuteMs) * minuteMs - 2 * dayMs, '1 minute');
  await fill('value_hours', 'hour, at', 'm, m', Math.floor(nowMs / hourMs) * hourMs - 365 * dayMs, '1 hour');
  await server.query('analyze', database);
};

type Bff = Child<HistoryBff>;

const recording = async ({ say, users }: BenchContext, server: TestPostgres, bff: Bff): Promise<string[][]> => {
  const took: number[] = [];
  const from = await bff.ask('usage');
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round}`);
    took.push(await bff.ask('round'));
  }
  const cpuMs = cpuBetween(from, await bff.ask('usage')) / rounds / 1_000;
  const [size] = await server.query<{ bytes: number; rows: number }>(
    `select sum(pg_total_relation_size(inhrelid))::float as bytes, (select count(*)::float from value_minutes) as rows
     from pg_inherits where inhparent = 'value_minutes'::regclass`,
    database,
  );
  if (size?.rows !== rounds * users) throw new Error(`${size?.rows} rows were recorded, not ${rounds * users}`);
  await server.query('create table floor (like value_minutes including all)', database);
  const floorMs = await timed(
    server,
    `insert into floor (user_id, simulated, minute, value) select ${idSql}, false, now(), 136752.975 + u from generate_series(0, ${users - 1}) u`,
  );
  const [first = Number.NaN, ...others] = took;
  const usualMs = Math.max(...others);
  return [
    [
      `a minute of ${whole(users)} users, seconds`,
      short(usualMs / 1_000),
      short(floorMs / 1_000),
      times(usualMs / floorMs),
    ],
    ['the first one of an hour, hours too, seconds', short(first / 1_000), none, none],
    ['CPU of the BFF for a minute, seconds', short(cpuMs / 1_000), none, none],
    [
      'rows a minute that would be possible',
      whole((users * minuteMs) / usualMs),
      whole((users * minuteMs) / floorMs),
      none,
    ],
    ['bytes a row, with its index', whole(size.bytes / size.rows), none, none],
  ];
};

const pruning = async ({ say, users }: BenchContext, server: TestPostgres, bff: Bff): Promise<string[][]> => {
  const oldRows = oldMinutes * users;
  const { nowMs } = await bff.ask('usage');
  const dayStart = Math.floor(nowMs / dayMs) * dayMs - 2 * dayMs;
  const name = `value_minutes_${dateOf(dayStart, 8)}`;
  await addPartition(server, 'value_minutes', name, dayStart, dayStart + dayMs);
  say(`${whole(oldRows)} rows of a day that is over`);
  await server.query(
    `insert into ${name} (user_id, simulated, minute, value) select ${idSql}, true, ${moment(dayStart)} + m * interval '1 minute', 136752.975 + u
     from generate_series(0, ${oldMinutes - 1}) m, generate_series(0, ${users - 1}) u`,
    database,
  );
  await server.query(`create table floor_day as select * from ${name}`, database);
  const floorMs = await timed(server, 'delete from floor_day');
  const tookMs = await bff.ask('nextDay', name);
  return [
    [
      `removing a day of ${whole(oldRows)} rows, seconds`,
      short(tookMs / 1_000),
      short(floorMs / 1_000),
      times(tookMs / floorMs),
    ],
  ];
};

const reading = async ({ say, seconds }: BenchContext, bff: Bff, port: number): Promise<string[][]> => {
  const tokens = await Promise.all(Array.from({ length: readers }, (_, user) => bff.ask('token', idOf(user))));
  const { nowMs } = await bff.ask('usage');
  const after = new Date(nowMs - 70 * minuteMs).toISOString();
  const rows: string[][] = [];
  for (const [name, query] of [
    ['24 hours', 'range=24h'],
    ['a year', 'range=1y'],
    ['what is new of 24 hours', `range=24h&after=${after}`],
  ] as const) {
    say(`charts of ${name}`);
    const latencies = createLatencies();
    const from = await bff.ask('usage');
    const endAt = performance.now() + seconds * 1_000;
    let points = 0;
    for (let n = 0; performance.now() < endAt; n++) {
      const startedAt = performance.now();
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/profile/value?${query}`, {
        headers: { authorization: `Bearer ${tokens[n % readers]}` },
      });
      const { Points } = (await answer.json()) as { Points?: unknown[] };
      if (!answer.ok || !Points) throw new Error(`a chart was refused with ${answer.status}`);
      points = Points.length;
      latencies.add(performance.now() - startedAt);
    }
    const { count, p50 } = latencies.summary();
    const cpuMs = cpuBetween(from, await bff.ask('usage')) / count / 1_000;
    rows.push([
      `a chart of ${name}, ${points} points, ms (CPU of the BFF)`,
      `${short(p50)} (${short(cpuMs)})`,
      none,
      none,
    ]);
  }
  return rows;
};

const measure = async (context: BenchContext, server: TestPostgres): Promise<string[][]> => {
  await server.createDatabase(database);
  const bff = context.children.start<HistoryBff>('history/bff.js');
  const { host, port, user, password } = server;
  const symbols = Array.from({ length: symbolCount }, (_, n) => `coin${n}usdt`);
  const running = await bff.ask('start', { host, port, user, password }, database, symbols);
  context.say(`${whole(context.users)} portfolios of ${coinsPerUser} coins`);
  await fillPortfolios(server, context.users);
  const recorded = await recording(context, server, bff);
  const pruned = await pruning(context, server, bff);
  context.say('a year of history');
  const { nowMs } = await bff.ask('usage');
  await fillHistory(server, nowMs);
  return [...recorded, ...pruned, ...(await reading(context, bff, running.port))];
};

export const history: Benchmark = {
  name: 'history',
  about: "values over time: a minute's round, removing a day, reading charts, on real PostgreSQL",
  run: async (context) => {
    const server = await startTestPostgres();
    if (!server) throw new Error('The history needs PostgreSQL, which is not installed.');
    try {
      return {
        title: `history: values over time of ${whole(context.users)} users with ${coinsPerUser} coins each`,
        columns: ['what', 'measured', 'floor', 'ratio'],
        rows: await measure(context, server),
        notes: [
          'The floor of a minute is one statement inside the database that makes the same rows; the one of removing is a DELETE of them, which a longer stop made impossible within any limit.',
          'The database keeps nothing safe on the disk here (fsync off) and has 32 MB of buffers; it runs beside the BFF on the same cores.',
        ],
      };
    } finally {
      await context.children.close();
      await server.close();
    }
  },
};
