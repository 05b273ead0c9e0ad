import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from './kit/database.js';
import { reasonOf, startTestPortfolio } from './kit/portfolio.js';

describe('what is in portfolios, over gRPC', () => {
  let postgres: Postgres;
  const opened: { close(): unknown }[] = [];
  beforeAll(async () => {
    postgres = await openEmbeddedDatabase();
  });
  afterEach(async () => {
    for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.close();
  });
  afterAll(() => postgres?.close());
  const build = async () => {
    const service = await startTestPortfolio(postgres);
    opened.push(service);
    const user = service.somebody();
    const paperOf = async () => (await user.list()).portfolios.find(({ kind }) => kind === 'paper')?.id ?? '';
    return { ...service, user, paper: await paperOf() };
  };
  const cash = (available: string, reserved = '0') => [
    expect.objectContaining({ asset: 'USDT', via: '', available, reserved }),
  ];

  it('is 10,000 USDT of paper money from the first call on, given once', async () => {
    const { user, paper, listEvents } = await build();
    expect(await user.balances(paper)).toMatchObject({ portfolioId: paper, version: 1, balances: cash('10000') });
    await user.list();
    expect((await user.balances(paper)).balances).toEqual(cash('10000'));
    expect((await listEvents(`balances:${paper}`)).map(({ type }) => type)).toEqual(['balance.updated']);
    expect(await user.balances('default')).toMatchObject({ version: 0, balances: [] });
    expect((await user.get(paper)).balanceVersion).toBe(1);
  });

  it('is more paper money where one asks for it, once under one key, and in no portfolio of what one owns', async () => {
    const { user, paper } = await build();
    const funded = await user.fund(paper, '0.000000000000000001', 'key-1');
    expect(funded).toEqual({ asset: 'USDT', available: '10000.000000000000000001', reserved: '0', version: 2 });
    expect(await user.fund(paper, '0.000000000000000001', 'key-1')).toEqual(funded);
    expect(await reasonOf(user.fund(paper, '2', 'key-1'))).toBe('different-request');
    expect(await reasonOf(user.fund('default', '2'))).toBe('wrong-kind');
    expect(await reasonOf(user.fund(paper, '0'))).not.toBe('done');
  });

  it('moves between two portfolios of one kind, exactly', async () => {
    const { user, paper } = await build();
    const { id: other } = await user.create({ name: 'Second', kind: 'paper' });
    expect(await user.transfer(paper, other, '2500.5', '0.25')).toMatchObject({ toVersion: 1 });
    expect((await user.balances(paper)).balances).toEqual(cash('7499.25'));
    expect((await user.balances(other)).balances).toEqual(cash('2500.5'));
    expect(await reasonOf(user.transfer(other, paper, '2500.6'))).toBe('insufficient-balance');
    expect(await reasonOf(user.transfer(paper, 'default', '1'))).toBe('wrong-kind');
  });

  it('is nobody else’s', async () => {
    const { somebody, paper, user } = await build();
    const other = somebody();
    const own = (await other.list()).portfolios.find(({ kind }) => kind === 'paper')?.id ?? '';
    const tried = [other.balances(paper), other.fund(paper, '1'), other.transfer(own, paper, '1')];
    expect(await Promise.all([...tried, other.transfer(paper, own, '1')].map(reasonOf))).toEqual(
      Array.from({ length: 4 }, () => 'not-found'),
    );
    expect((await user.balances(paper)).balances).toEqual(cash('10000'));
  });

  it('is told to services of all portfolios in pages, each once', async () => {
    const { positions, somebody, paper } = await build();
    for (let users = 0; users < 3; users++) await somebody().list();
    const ids: string[] = [];
    let after = '';
    do {
      const page = await positions(after, 3);
      ids.push(...page.portfolios.map(({ portfolioId }) => portfolioId));
      after = page.next;
    } while (after !== '');
    expect(ids).toContain(paper);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(8);
    expect(await reasonOf(positions('', 501))).toBe('invalid_argument');
    expect(await reasonOf(positions('somewhere', 1))).toBe('invalid_argument');
  });

  it('is told in shorter pages where much is in them', async () => {
    const { positions, somebody } = await build();
    for (let users = 0; users < 6; users++) await somebody().list();
    await postgres.db.execute(
      sql`insert into balances (portfolio_id, asset, via, available, reserved, alone, version, created_at, updated_at)
          select few.id, 'A' || at, '', 1, 0, true, 1, now(), now()
          from (select id from portfolios order by id limit 12) few, generate_series(1, 490) at`,
    );
    const held: number[] = [];
    const ids = new Set<string>();
    for (let after = '', more = true; more; more = after !== '') {
      const page = await positions(after, 500);
      held.push(page.portfolios.reduce((sum, { balances }) => sum + balances.length, 0));
      for (const { portfolioId } of page.portfolios) ids.add(portfolioId);
      after = page.next;
    }
    expect(held.length).toBeGreaterThan(1);
    expect(Math.max(...held)).toBeLessThanOrEqual(1_000);
    const rows = (await postgres.db.execute(sql`select id from portfolios`)) as unknown as { rows: unknown[] };
    expect(ids.size).toBe(rows.rows.length);
  });
});
