import { portfolioEvents } from '@tickfolio/lib/events/portfolio-events';
import { becomes, passing } from '@tickfolio/lib/kit/becomes';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reasonOf, startTestPortfolio } from '../kit/portfolio.js';
import type { PortfolioLimits } from '../limits.js';

/** What one can do with portfolios, on every adapter of the database. */
export const describePortfolios = (name: string, open: () => Promise<Postgres>): void => {
  describe(`portfolios on ${name}`, () => {
    let postgres: Postgres;
    const opened: { close(): unknown }[] = [];
    beforeAll(async () => {
      postgres = await open();
    });
    afterEach(async () => {
      for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
    });
    afterAll(() => postgres?.close());
    const build = async (limits: Partial<PortfolioLimits> = {}) => {
      const service = await startTestPortfolio(postgres, limits);
      opened.push(service);
      return service;
    };

    it('are two from the first call on: one for what is owned, one for paper money', async () => {
      const { somebody } = await build();
      const user = somebody();
      const { portfolios } = await user.list();
      expect(portfolios.map(({ name, kind, isDefault, simulated }) => [name, kind, isDefault, simulated])).toEqual([
        ['Portfolio', 'tracking', true, false],
        ['Paper', 'paper', true, false],
      ]);
      const whole = {
        baseCurrencyCode: 'USDT',
        costMethod: 'FIFO',
        feeAsset: undefined,
        version: 1,
        balanceVersion: 0,
      };
      expect(portfolios[0]).toMatchObject({ ...whole, archivedAtMs: undefined });
      expect(await user.get('default')).toEqual(portfolios[0]);
      expect((await user.list()).portfolios).toEqual(portfolios);
    });

    it('are the same ones whoever makes them, however many ask first at once', async () => {
      const { as, somebody, listEvents } = await build();
      const { userId } = somebody();
      const lists = await Promise.all(Array.from({ length: 12 }, () => as(userId).list()));
      const ids = new Set(lists.map(({ portfolios }) => portfolios.map(({ id }) => id).join()));
      expect(ids.size).toBe(1);
      for (const id of [...ids][0]?.split(',') ?? [])
        expect((await listEvents(`portfolio:${id}`)).map(({ type }) => type)).toEqual(['portfolio.created']);
    });

    it('for paper money are apart for real and for made-up prices', async () => {
      const { as, somebody } = await build();
      const { userId } = somebody();
      const kindsOf = async (simulated: boolean | 'unknown') =>
        (await as(userId, simulated).list()).portfolios.map((one) => [one.kind, one.name, one.simulated]);
      const tracking = ['tracking', 'Portfolio', false];
      const simulated = ['paper', 'Paper (simulated)', true];
      expect(await kindsOf('unknown')).toEqual([tracking]);
      const refused = await as(userId, 'unknown')
        .create({ kind: 'paper' })
        .catch((thrown: unknown) => thrown);
      expect(refused).toMatchObject({ code: 'failed_precondition', retryAfterMs: 1_000 });
      expect((await kindsOf(true)).sort()).toEqual([simulated, tracking].sort());
      expect(await as(userId, true).create({ name: 'Paper', kind: 'paper' })).toMatchObject({ simulated: true });
      // Its name is taken by now.
      expect(await kindsOf(false)).toContainEqual(['paper', 'Paper 2', false]);
    });

    it('are made, found, changed and archived, and each step is told in order', async () => {
      const { somebody, listEvents, clock } = await build();
      const user = somebody();
      const made = await user.create({ name: '  Long \n term ', baseCurrencyCode: 'eur', costMethod: 'LIFO' });
      expect(made).toMatchObject({ name: 'Long term', kind: 'tracking', baseCurrencyCode: 'EUR', costMethod: 'LIFO' });
      expect(made).toMatchObject({ isDefault: false, version: 1, createdAtMs: clock.now() });
      // What the exchange lists is read by then.
      await becomes(() => reasonOf(user.update('default', { feeAsset: 'bnb' })), 'done');
      const changed = await user.update(made.id, { name: 'Longer term', feeAsset: 'bnb' });
      expect(changed).toEqual({ ...made, name: 'Longer term', feeAsset: 'BNB', version: 2 });
      expect(await user.update(made.id, { name: 'Longer term' })).toEqual(changed);
      expect((await user.update(made.id, { feeAsset: '' })).feeAsset).toBeUndefined();
      const archived = await user.archive(made.id);
      expect(archived).toMatchObject({ version: 4, archivedAtMs: clock.now() });
      expect(await user.archive(made.id)).toEqual(archived);
      expect(await user.get(made.id)).toEqual(archived);
      expect((await user.list({ archived: true })).portfolios).toEqual([archived]);
      expect((await user.list()).portfolios.map(({ id }) => id)).not.toContain(made.id);
      const about = { portfolioId: made.id, kind: 'tracking', isDefault: false, simulated: false };
      const first = { ...about, name: 'Long term', baseCurrencyCode: 'EUR', costMethod: 'LIFO', feeAsset: null };
      const told = await listEvents(`portfolio:${made.id}`);
      expect(told.map(({ version, type, data }) => [version, type, data])).toEqual([
        [1, 'portfolio.created', first],
        [2, 'portfolio.updated', { ...first, name: 'Longer term', feeAsset: 'BNB' }],
        [3, 'portfolio.updated', { ...first, name: 'Longer term', feeAsset: null }],
        [4, 'portfolio.archived', { portfolioId: made.id }],
      ]);
    });

    it('come to who reads the event log, under the key of the user', async () => {
      const { somebody, eventLog } = await build();
      const user = somebody();
      const heard: string[] = [];
      const group = { group: 'tests', minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 1 };
      await eventLog.consume(portfolioEvents.name, group, async ({ messages }) => {
        for (const message of messages) {
          const read = portfolioEvents.read(message);
          if (read.kind === 'event' && message.key === user.userId) heard.push(read.event.type);
        }
      });
      await user.create();
      await becomes(() => heard, ['portfolio.created', 'portfolio.created', 'portfolio.created']);
    });

    it('have names that are one of a kind, in whatever letters, and free again once archived', async () => {
      const { somebody } = await build();
      const user = somebody();
      const { id } = await user.create({ name: 'Ölung' });
      expect(await reasonOf(user.create({ name: 'öLUNG' }))).toBe('name-taken');
      expect(await reasonOf(user.update('default', { name: 'ölung' }))).toBe('name-taken');
      expect(await reasonOf(user.update(id, { name: 'ÖLUNG' }))).toBe('done');
      expect(await reasonOf(somebody().create({ name: 'Ölung' }))).toBe('done');
      await user.archive(id);
      expect(await reasonOf(user.create({ name: 'Ölung' }))).toBe('done');
    });

    it('of one name are made once by who asks twelve times at once', async () => {
      const { somebody } = await build();
      const user = somebody();
      const asked = await Promise.all(Array.from({ length: 12 }, () => reasonOf(user.create({ name: 'One' }))));
      expect(asked.sort()).toEqual(['done', ...Array.from({ length: 11 }, () => 'name-taken')]);
    });

    it('are as many as there may be, whatever is asked for at once', async () => {
      const { somebody } = await build({ maxPortfolios: 6 });
      const user = somebody();
      const names = Array.from({ length: 12 }, (_, at) => `Number ${at}`);
      const asked = await Promise.all(names.map((name) => reasonOf(user.create({ name }))));
      expect(asked.filter((reason) => reason === 'done')).toHaveLength(4);
      expect(asked.filter((reason) => reason === 'limit-reached')).toHaveLength(8);
      const { portfolios } = await user.list();
      expect(portfolios).toHaveLength(6);
      await user.archive(portfolios.find(({ isDefault }) => !isDefault)?.id ?? '');
      expect(await reasonOf(user.create({ name: 'One more' }))).toBe('done');
    });

    it('are made without end by nobody who archives one after the other, and by everybody again a month later', async () => {
      const { somebody } = await build({ maxMadeIn30Days: 3 });
      const user = somebody();
      const make = async (name: string, key = '') => user.archive((await user.create({ name }, key)).id);
      const grow = (older: string) =>
        postgres.db.execute(
          sql`update portfolios set created_at = created_at - ${older}::interval where user_id = ${user.userId}`,
        );
      await make('One', 'first');
      await grow('10 days');
      for (const name of ['Two', 'Three']) await make(name);
      expect(await user.create({ name: 'Four' }).catch((thrown: unknown) => thrown)).toMatchObject({
        code: 'resource_exhausted',
        message: expect.stringMatching(/Rename one that is open instead, or make another in 20 days/),
        retryAfterMs: 20 * 24 * 3_600_000,
        fields: [{ reason: 'made-often' }],
      });
      expect(await reasonOf(user.create({ name: 'One' }, 'first'))).toBe('done');
      expect(await reasonOf(somebody().create({ name: 'Four' }))).toBe('done');
      await grow('20 days');
      await make('Four');
      expect(await reasonOf(user.create({ name: 'Five' }))).toBe('made-often');
    });

    it('are made once under one key, and answered the same for a week', async () => {
      const { somebody, clock } = await build({ cleanupPeriodMs: 60_000 });
      const user = somebody();
      const plan = { name: 'Once', baseCurrencyCode: 'BTC' };
      const answers = await Promise.all(Array.from({ length: 6 }, () => user.create(plan, 'key-1')));
      const [made] = answers;
      expect(answers).toEqual(answers.map(() => made));
      await user.update(made?.id ?? '', { name: 'Renamed' });
      expect(await user.create(plan, 'key-1')).toEqual(made);
      expect(await reasonOf(user.create({ ...plan, name: 'Twice' }, 'key-1'))).toBe('different-request');
      expect(await reasonOf(somebody().create(plan, 'key-1'))).toBe('done');
      expect(await reasonOf(user.create({ name: 'Renamed' }, 'key-2'))).toBe('name-taken');
      expect(await reasonOf(user.create({ name: 'Other' }, 'a key'))).toBe('invalid-argument');
      // A build of before wrote it beside the books, for a week.
      const request = JSON.stringify(['create', 'tracking', 'Former', null, null, null]);
      await postgres.db.execute(sql`insert into requests
        select user_id, 'former', ${request}, ${JSON.stringify({ ...made, name: 'Former' })}::jsonb, created_at from owners where user_id = ${user.userId}`);
      const former = () => user.create({ name: 'Former' }, 'former');
      const grow = (older: string) =>
        postgres.db.execute(sql`update requests set created_at = created_at - ${older}::interval`);
      const kept = () =>
        postgres.db
          .execute(sql`select count(*)::int as count from requests where user_id = ${user.userId}`)
          .then((result) => (result as unknown as { rows: unknown[] }).rows);
      await grow('6 days 23 hours');
      clock.advance(60_000);
      expect(await former()).toMatchObject({ id: made?.id, name: 'Former' });
      expect(await reasonOf(user.create({ name: 'Another' }, 'former'))).toBe('different-request');
      expect(await kept()).toEqual([{ count: 1 }]);
      await grow('1 hour');
      await becomes(passing(clock, 60_000, kept), [{ count: 0 }]);
      expect(await user.create(plan, 'key-1')).toEqual(made);
    });

    it('take another key than what is done with them: one names one request of the user', async () => {
      const { somebody } = await build();
      const user = somebody();
      const paper = (await user.list()).portfolios.find(({ kind }) => kind === 'paper')?.id ?? '';
      await user.create({ name: 'One' }, 'key-1');
      expect(await reasonOf(user.fund(paper, '1', 'key-1'))).toBe('different-request');
      await user.fund(paper, '1', 'key-2');
      expect(await reasonOf(user.create({ name: 'Two' }, 'key-2'))).toBe('different-request');
      for (let round = 0; round < 10; round++) {
        const key = `at once ${round}`.replaceAll(' ', '-');
        const asked = [user.create({ name: `At once ${round}` }, key), user.fund(paper, '2', key)];
        expect((await Promise.all(asked.map(reasonOf))).sort()).toEqual(['different-request', 'done']);
      }
    });

    it('are listed in pages, each once', async () => {
      const { somebody, clock } = await build();
      const user = somebody();
      await user.list();
      for (const name of ['A', 'B', 'C']) {
        clock.advance(1_000);
        await user.create({ name });
      }
      const names: string[] = [];
      let cursor = '';
      do {
        const page = await user.list({ limit: 2, cursor });
        names.push(...page.portfolios.map((one) => one.name));
        cursor = page.next;
      } while (cursor !== '');
      expect(names).toEqual(['Portfolio', 'Paper', 'A', 'B', 'C']);
      expect(await reasonOf(user.list({ limit: 101 }))).toBe('invalid_argument');
      expect(await reasonOf(user.list({ cursor: 'somewhere' }))).toBe('invalid_argument');
    });

    it('are nobody else’s: as if they were not there', async () => {
      const { somebody } = await build();
      const [user, other] = [somebody(), somebody()];
      const { id } = await user.create();
      const tried = [other.get(id), other.update(id, { name: 'Theirs' }), other.archive(id), other.get('nothing')];
      expect(await Promise.all(tried.map(reasonOf))).toEqual(tried.map(() => 'not_found'));
      expect((await other.list()).portfolios.map((one) => one.id)).not.toContain(id);
    });

    it.each([
      [{ name: '' }, 'invalid_argument'],
      [{ name: ' \u0007 ' }, 'invalid_argument'],
      [{ name: 'Mine\u200d' }, 'invalid_argument'],
      [{ name: 'Mi\u202ene' }, 'invalid_argument'],
      [{ name: '\u3164' }, 'invalid_argument'],
      [{ name: '\u2800 \ufe0f' }, 'invalid_argument'],
      [{ name: '\u0301\u0301' }, 'invalid_argument'],
      [{ name: '\u20e3 \u0308' }, 'invalid_argument'],
      [{ name: 'Paper\u034f' }, 'name-taken'],
      [{ name: 'Paper\u2800' }, 'name-taken'],
      [{ name: 'Paper \ufe0f' }, 'name-taken'],
      [{ name: 'Pap\u115fer' }, 'name-taken'],
      [{ name: 'x'.repeat(65) }, 'invalid_argument'],
      [{ costMethod: 'NEWEST' }, 'invalid_argument'],
      [{ kind: 'exchange' }, 'invalid_argument'],
      [{ baseCurrencyCode: 'XYZ' }, 'unknown-currency'],
      [{ name: 'Cafe\u034f\u0301' }, 'name-taken'],
    ])('are not made of %j', async (plan, reason) => {
      const { somebody } = await build();
      const user = somebody();
      await user.create({ name: 'Café' });
      expect(await reasonOf(user.create(plan))).toBe(reason);
    });

    it.each([['👨‍👩‍👧 Family'], ['🏴󠁧󠁢󠁥󠁮󠁧󠁿 Home'], ['❤️‍🔥'], ['می‌خواهم'], ['क्‍ष']])(
      'are called %s, which looks like nothing else',
      async (name) => {
        const { somebody } = await build();
        const user = somebody();
        expect((await user.create({ name })).name).toBe(name);
        expect(await reasonOf(user.create({ name: name.replaceAll(/[\u200c\u200d]/gu, '') }))).not.toBe('done');
      },
    );

    it('pay fees in whatever the exchange lists, and in nothing else', async () => {
      const { somebody } = await build();
      const user = somebody();
      for (const feeAsset of ['币安人生', '1000_A.B-C', 'BNB'])
        await becomes(() => reasonOf(user.update('default', { feeAsset })), 'done');
      for (const feeAsset of ['B N B', 'x'.repeat(33)])
        expect(await reasonOf(user.update('default', { feeAsset }))).toBe('invalid-argument');
      const refused = await user.update('default', { feeAsset: 'nope' }).catch((thrown: unknown) => thrown);
      expect(refused).toMatchObject({
        code: 'unprocessable',
        problem: 'unknown-asset',
        fields: [{ field: 'feeAsset' }],
      });
      expect(await user.get('default')).toMatchObject({ feeAsset: 'BNB' });
    });

    it('whose name is taken are told of by the name as it is written there', async () => {
      const { somebody } = await build();
      const user = somebody();
      await user.create({ name: 'Ab' });
      await expect(user.create({ name: 'aB' })).rejects.toThrow('named "Ab"');
    });

    it('that are archived or everybody has are not changed as others are', async () => {
      const { somebody } = await build();
      const user = somebody();
      expect(await reasonOf(user.archive('default'))).toBe('wrong-state');
      expect(await reasonOf(user.update('default', { name: 'All I have' }))).toBe('done');
      const { id } = await user.create();
      await user.archive(id);
      expect(await reasonOf(user.update(id, { name: 'Back' }))).toBe('archived');
    });
  });
};
