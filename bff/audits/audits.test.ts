import { randomUUID } from 'node:crypto';
import { createManualClock } from '@tickfolio/lib/clock';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { openTestDatabase } from '@tickfolio/lib/kit/server-database';
import type { Postgres } from '@tickfolio/lib/postgres';
import { isRight } from '@tickfolio/lib/tally';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { openTestPostgres } from '../kit/bff.js';
import { createPositions } from '../kit/positions.js';
import { migrationsFolder } from '../schema.js';
import { startShownAudits } from './audits.js';
import { runRound } from './round.js';

const server = await shareTestPostgres();
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
});
const openServer = async () => {
  if (!server) throw new Error('no server');
  return openTestDatabase(server, { name: 'profile', migrationsFolder });
};

/** Time goes by fast: a second look comes soon. */
const fastClock = () => {
  const clock = createManualClock();
  const timer = setInterval(() => clock.advance(1_000), 10);
  opened.push({ close: () => clearInterval(timer) });
  return clock;
};
/** Coins, cash, paper money and what is kept for an order, all heard of. */
const build = async (open: () => Promise<Postgres>) => {
  const postgres = await open();
  opened.push(postgres);
  const there = createPositions(postgres);
  const { userId, portfolioId: owned } = await there.somebody();
  const paper = there.portfolio(userId);
  there.set(owned, 'BTC', 'btcusdt', '1.5');
  there.set(owned, 'ETH', 'ethusdt', '2');
  there.set(owned, 'ETH', 'ethusdt', '0');
  there.set(owned, 'USDT', '', '7');
  there.set(paper, 'USDT', '', '60', '40');
  await there.hear();
  const clock = fastClock();
  const state = { late: undefined as string | undefined };
  const deps = { db: postgres.db, there, clock, underWay: async () => state.late };
  const run = (after = '') => runRound(deps, { after });
  /** What is found: `A9 mismatch 1` and its words. */
  const faults = async () => {
    const { findings } = await run();
    return [...findings].flatMap(([name, { missing, duplicate, mismatch, found }]) => [
      ...Object.entries({ missing, duplicate, mismatch }).flatMap(([kind, count]) =>
        count > 0 ? [`${name} ${kind} ${count}`] : [],
      ),
      ...found,
    ]);
  };
  const projected = (text: string) =>
    postgres.db.transaction(async (tx) => {
      await tx.execute(sql`select set_config('tickfolio.projection', 'on', true)`);
      await tx.execute(sql.raw(text));
    });
  return { ...postgres, deps, state, there, userId, owned, paper, run, faults, projected };
};
type Built = Awaited<ReturnType<typeof build>>;

const describeAudits = (name: string, open: () => Promise<Postgres>): void => {
  describe(`what is shown of portfolios, compared on ${name}`, () => {
    it('is right as it was told, and all of it is looked at', async () => {
      const { run, faults } = await build(open);
      expect(await faults()).toEqual([]);
      const { findings, next } = await run();
      expect([...findings].map(([check, { checked }]) => `${check} ${checked}`)).toEqual(['A8 2', 'A9 2']);
      expect(next).toBeUndefined();
    });

    it('is right where nobody has a portfolio', async () => {
      const postgres = await open();
      opened.push(postgres);
      const deps = { db: postgres.db, there: createPositions(postgres), clock: fastClock() };
      const { findings } = await runRound({ ...deps, underWay: async () => undefined }, { after: '' });
      expect([...findings.values()].every(isRight)).toBe(true);
    });

    const damages: Record<string, (built: Built) => readonly [string, string, string]> = {
      'a coin that is another now': ({ owned }) => [
        `update coins set quantity = quantity + 0.000000000000000001 where symbol = 'btcusdt'`,
        'A9 mismatch 1',
        `btcusdt of ${owned} at version 4: 1.500000000000000001 available and 0 reserved are shown, 1.5 and 0 are there`,
      ],
      'a coin that is gone': ({ owned }) => [
        `delete from coins where symbol = 'btcusdt'`,
        'A9 mismatch 1',
        `btcusdt of ${owned} at version 4: 0 available and 0 reserved are shown, 1.5 and 0 are there`,
      ],
      'a coin that nobody has': ({ owned, userId }) => [
        `insert into coins (user_id, symbol, quote_asset, quantity) values ('${userId}', 'bnbusdt', 'usdt', 3)`,
        'A9 mismatch 1',
        `bnbusdt of ${owned} at version 4: 3 available and 0 reserved are shown, 0 and 0 are there`,
      ],
      'cash that is another now': ({ owned }) => [
        `update holdings set available = 8 where portfolio_id = '${owned}'`,
        'A9 mismatch 1',
        `USDT of ${owned} at version 4: 8 available and 0 reserved are shown, 7 and 0 are there`,
      ],
      'paper money that is kept for no order': ({ paper }) => [
        `update holdings set available = 61, reserved = 39 where portfolio_id = '${paper}'`,
        'A9 mismatch 1',
        `USDT of ${paper} at version 1: 61 available and 39 reserved are shown, 60 and 40 are there`,
      ],
      'paper money that is gone': ({ paper }) => [
        `delete from holdings where portfolio_id = '${paper}'`,
        'A9 mismatch 1',
        `USDT of ${paper} at version 1: 0 available and 0 reserved are shown, 60 and 40 are there`,
      ],
      'a user of whom nothing is known': ({ userId, owned }) => [
        `delete from profiles where id = '${userId}'`,
        'A9 mismatch 1',
        `btcusdt of ${owned} at version 4: 0 available and 0 reserved are shown, 1.5 and 0 are there`,
      ],
      'events that count as heard and never were told': ({ paper }) => [
        `update inbox set version = 3 where stream = 'balances:${paper}'`,
        'A8 duplicate 2',
        `the balances of ${paper} are shown up to event 3, and there are 1`,
      ],
      'a stream that was forgotten': ({ owned }) => [
        `delete from inbox where stream = 'balances:${owned}'`,
        'A8 missing 4',
        `the balances of ${owned} were heard of up to event 0 of 4`,
      ],
    };
    it.each(Object.entries(damages))('says so of %s', async (_, damage) => {
      const built = await build(open);
      const [text, ...found] = damage(built);
      await built.projected(text);
      expect(await built.faults()).toEqual(found);
    });

    it('says so of an event that was sent and never came', async () => {
      const { there, paper, faults } = await build(open);
      there.set(paper, 'USDT', '', '50', '40');
      there.set(paper, 'USDT', '', '40', '40');
      await there.hear(1);
      there.lose();
      expect(await faults()).toEqual(['A8 missing 1', `the balances of ${paper} were heard of up to event 2 of 3`]);
    });

    it('calls nothing lost that comes within a minute', async () => {
      const { there, paper, faults } = await build(open);
      there.set(paper, 'USDT', '', '50', '40');
      let looks = 0;
      const { positions } = there;
      there.positions = async (...page) => {
        looks += 1;
        if (looks === 4) await there.hear();
        return positions(...page);
      };
      expect(await faults()).toEqual([]);
      expect(looks).toBe(5);
    });

    it('says so of a portfolio that its service does not know', async () => {
      const { there, paper, faults } = await build(open);
      there.all.delete(paper);
      const words = `${paper} is shown, and the portfolio service knows of no such portfolio`;
      expect(await faults()).toEqual(['A9 mismatch 1', words]);
    });

    it('calls nothing lost that is late because the event log is away', async () => {
      const { there, paper, faults, state } = await build(open);
      there.set(paper, 'USDT', '', '50', '40');
      state.late = 'Kafka is away';
      expect(await faults()).toEqual([]);
    });

    it('says nothing of whom is being erased, moves, waits for an operator, or goes on only now', async () => {
      const { there, userId, owned, paper, faults, projected } = await build(open);
      there.set(owned, 'BTC', 'btcusdt', '9');
      there.set(paper, 'USDT', '', '9');
      await projected(`update profiles set adopted_at = null where id = '${userId}'`);
      await projected(`insert into parked_streams (stream, topic, source, epoch, version, reason, parked_at)
        values ('balances:${paper}', 'balance-events', 'portfolio', 1, 2, 'unreadable', now())`);
      expect(await faults()).toEqual([]);
      // Many go on one after the other.
      await projected(`update parked_streams set released_at = now()`);
      expect(await faults()).toEqual([]);
      await projected(`delete from parked_streams`);
      await projected(`insert into open_erasures (user_id, begun_at) values ('${userId}', now())`);
      expect(await faults()).toEqual([]);
    });

    it('goes on behind 1,000 portfolios with the next round', async () => {
      const { there, run } = await build(open);
      for (let one = 0; one < 1_100; one++) there.portfolio(randomUUID());
      const first = await run();
      expect(first.findings.get('A9')?.checked).toBe(1_000);
      const second = await run(first.next);
      expect([second.findings.get('A9')?.checked, second.next]).toEqual([102, undefined]);
    });

    it('is no false alarm while all portfolios change', async () => {
      const { there, userId, owned, paper, run } = await build(open);
      const portfolios = [owned, paper, there.portfolio(userId), there.portfolio(userId)];
      let going = true;
      let changes = 0;
      const writeOnce = async (portfolioId: string) => {
        changes += 1;
        there.set(portfolioId, 'BTC', 'btcusdt', String(changes));
        there.set(portfolioId, 'USDT', '', changes % 3 === 0 ? '0' : String(changes), changes % 3 === 0 ? '0' : '1');
        await there.hear();
      };
      // One after the other, as one member of a group has a partition.
      const writing = (async () => {
        while (going) for (const portfolioId of portfolios) await writeOnce(portfolioId);
      })();
      for (let round = 0; round < 20; round++) {
        const { findings } = await run();
        expect([...findings].filter(([, found]) => !isRight(found))).toEqual([]);
      }
      going = false;
      await writing;
      expect(changes).toBeGreaterThan(20);
      const { findings } = await run();
      expect(findings.get('A9')?.checked).toBe(portfolios.length);
      expect([...findings.values()].every(isRight)).toBe(true);
    });
  });
};
describeAudits('PGlite', openTestPostgres);
describe.skipIf(!server)(`a real server (${server?.origin ?? 'none found: NOT COVERED'})`, () =>
  describeAudits('a PostgreSQL server', openServer),
);

describe('audits of what is shown that go on', () => {
  const start = async () => {
    const built = await build(openTestPostgres);
    const lines: { readonly msg: string; readonly found?: readonly string[] }[] = [];
    const log = createLogger('bff', 'info', (line) => void lines.push(JSON.parse(line)));
    const metrics = createMetrics('bff');
    const audits = startShownAudits({ ...built.deps, log, metrics }, { periodMs: 60_000 });
    opened.push(audits);
    const figure = async (name: string) =>
      Number(new RegExp(`^tickfolio_bff_audit_${name} (\\S+)`, 'm').exec(await metrics.text())?.[1]);
    return { ...built, lines, figure };
  };

  it('show what they found until it is mended, and say it loudly with ids and amounts', async () => {
    const { figure, lines, projected, paper } = await start();
    await becomes(() => figure('checked{check="A9",scope="all"}'), 2);
    expect(await figure('mismatch{check="A9",scope="all"}')).toBe(0);
    await projected(`update holdings set available = 61 where portfolio_id = '${paper}'`);
    await becomes(() => figure('mismatch{check="A9",scope="all"}'), 1);
    const words = `USDT of ${paper} at version 1: 61 available and 40 reserved are shown, 60 and 40 are there`;
    expect(lines.find(({ msg }) => msg === 'what is shown of portfolios is not right')).toMatchObject({
      ...{ check: 'A9', mismatch: 1, found: [words] },
    });
    await projected(`update holdings set available = 60 where portfolio_id = '${paper}'`);
    await becomes(() => figure('mismatch{check="A9",scope="all"}'), 0);
  });

  it('say once that the portfolio service is away, and go on once it is back', async () => {
    const { figure, lines, there } = await start();
    const { positions } = there;
    const away = () => lines.filter(({ msg }) => msg.startsWith('what is shown of portfolios could not be audited'));
    there.positions = () => Promise.reject(new Error('gone'));
    await becomes(() => away().length, 1);
    there.positions = positions;
    const before = (await figure('done_timestamp_seconds{scope="all"}')) || 0;
    await becomes(async () => (await figure('done_timestamp_seconds{scope="all"}')) > before, true);
    expect(away()).toHaveLength(1);
  });
});
