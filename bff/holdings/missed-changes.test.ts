import { randomUUID } from 'node:crypto';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { becomes } from '@tickfolio/lib/kit/becomes';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { describe, expect, it } from 'vitest';
import type { TestBff, TestUser } from '../kit/bff.js';
import { createViewers, of } from '../kit/viewers.js';

const viewers = createViewers();
const { build, look, isKnown, somebody } = viewers;
/** No notice of a portfolio arrives, as while the connection that publishes is down. */
const withoutNotices = () => {
  const pubsub = createMemoryPubSub();
  const publish: PubSub['publish'] = (channel, ...text) => {
    if (channel !== 'tickfolio:portfolio-changed') pubsub.publish(channel, ...text);
  };
  return build(1, { pubsub: { ...pubsub, publish }, options: { reconcileEveryMs: 300 } });
};
const balancesOf = async (bff: TestBff, user: TestUser, id: string) =>
  (await bff.call(user, 'GET', `/api/v1/portfolios/${id}/balances`)).body as unknown as {
    readonly version: number;
    readonly balances: readonly object[];
  };

describe('without notices', () => {
  it('all together is shown without a portfolio that was archived meanwhile, and stays so', async () => {
    const built = await withoutNotices();
    const { bff, news } = built;
    const { user } = await somebody(built);
    const second = randomUUID();
    await news.send(news.made(user.userId, second), news.balance(user.userId, second, 'USDT', '', '7'));
    await isKnown(second);
    const socket = await look(bff, user);
    socket.view('all');
    const { Version } = await socket.next(({ NetWorth }) => NetWorth === '120007');
    // Frames of before its cash was in had the same sum.
    socket.clear();
    await news.send(news.archived(user.userId, second));
    expect(await socket.next(({ NetWorth }) => NetWorth === '120000')).toMatchObject({ Cash: [], Version });
    // Found once: what is shown is as it is in the database.
    const missed = () =>
      bff.metrics.text().then((text) => /notices_missed_total\{[^}]*portfolio[^}]*\} (\d+)/.exec(text)?.[1] ?? '0');
    // A comparison that began before the frame may find it once more.
    let before = '';
    const rounds = async () => {
      const known = before;
      before = await missed();
      return before === known;
    };
    await expect.poll(rounds, { interval: 1_000 }).toBe(true);
  });

  it('cash of the default portfolio is shown, and counted in its version where its coins moved', async () => {
    const built = await withoutNotices();
    const { bff, news } = built;
    const { user } = await somebody(built);
    const id = defaultPortfolioId(user.userId);
    await viewers.postgres.db.execute(
      `update profiles set adopting_at = now(), adopted_at = now(), version_base = version where id = '${user.userId}'`,
    );
    const socket = await look(bff, user);
    const { Version } = await socket.next();
    await news.send(
      news.made(user.userId, id, { isDefault: true }),
      news.balance(user.userId, id, 'USDT', '', '120.5'),
    );
    expect(await socket.next(({ NetWorth }) => NetWorth === '120120.5')).toMatchObject({ Version: Version + 1 });
    await news.send(news.balance(user.userId, id, 'USDT', '', '0'));
    const frame = await socket.next((seen) => seen.Version === Version + 2);
    expect(Object.keys(frame)).not.toContain('Cash');
  });
});

describe('a socket with paper money', () => {
  it('goes on with what is owned, and is told why, once prices are of the other kind', async () => {
    const built = await build();
    const { bff } = built;
    const { user, paper } = await somebody(built);
    const socket = await look(bff, user);
    await becomes(async () => (await bff.call(undefined, 'GET', '/ready')).body.simulated, false);
    socket.view(paper);
    await socket.next(of(paper));
    socket.clear();
    bff.aggregator.simulated = true;
    const { Detail, Reason } = await socket.next(({ Type }) => Type === 'error');
    expect([Reason, Detail]).toEqual(['wrong-kind', 'That portfolio lives at real prices, which are not here.']);
    await socket.next((seen) => of(undefined)(seen) && seen.Simulated === true);
    expect(socket.messages.filter((seen) => of(paper)(seen) && seen.Simulated)).toEqual([]);
  });
});

describe('the default portfolio over REST', () => {
  it('has its cash too, as all together has it', async () => {
    const built = await build();
    const { bff, news, client } = built;
    const { user } = await somebody(built);
    await client.list(
      { userId: user.userId, simulated: false, requestId: 'r' },
      { archived: false, limit: 1, cursor: '' },
    );
    const id = defaultPortfolioId(user.userId);
    await news.send(
      news.made(user.userId, id, { isDefault: true }),
      news.balance(user.userId, id, 'USDT', '', '120.5', '0'),
    );
    const both = [
      { asset: 'BTC', via: 'btcusdt', total: '2' },
      { asset: 'USDT', via: '', available: '120.5', value: '120.5' },
    ];
    for (const which of ['default', 'all'])
      await becomes(async () => (await balancesOf(bff, user, which)).balances.length, 2);
    for (const which of ['default', 'all'])
      expect(await balancesOf(bff, user, which)).toMatchObject({ balances: both });
  });
});

// Last: what is told of before a restore is dropped from here on.
describe('after the portfolio service was restored from a backup', () => {
  it('all together is at once without a portfolio that was lost, its version does not fall, and REST says the same', async () => {
    // Told of, and not found by comparing.
    const built = await build(1, { options: { reconcileEveryMs: 600_000 } });
    const { bff, news, client } = built;
    const { user } = await somebody(built);
    const asker = { userId: user.userId, simulated: false, requestId: 'r' };
    const plan = { name: 'Kept', kind: 'tracking', baseCurrencyCode: 'USDT', costMethod: 'FIFO', idempotencyKey: '' };
    const { id: kept } = await client.create(asker, plan);
    const lost = randomUUID();
    await news.send(
      news.made(user.userId, kept),
      news.balance(user.userId, kept, 'USDT', '', '1'),
      news.made(user.userId, lost),
      news.balance(user.userId, lost, 'USDT', '', '7'),
      news.balance(user.userId, lost, 'USDT', '', '8'),
    );
    const socket = await look(bff, user);
    socket.view('all');
    const { Version } = await socket.next(({ NetWorth }) => NetWorth === '120009');
    const other = await look(bff, user);
    other.view(lost);
    await other.next(of(lost));
    other.clear();
    news.restored();
    await news.send(news.made(user.userId, kept), news.balance(user.userId, kept, 'USDT', '', '2'));
    const frame = await socket.next(({ NetWorth }) => NetWorth === '120002');
    expect(frame.Version).toBeGreaterThan(Version);
    const versions = socket.messages.filter(of('all')).map((seen) => seen.Version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    // Who looks at it is told so, and what they own is shown again.
    const notFound = { Reason: 'not-found', Detail: 'There is no such portfolio.' };
    expect(await other.next(({ Type }) => Type === 'error')).toMatchObject(notFound);
    other.clear();
    await other.next(of(undefined));
    expect(other.messages.filter(of(lost))).toEqual([]);
    // It may be there for a moment more than its money.
    const answer = async () => {
      socket.clear();
      socket.view(lost);
      const { Reason, Detail } = await socket.next((seen) => seen.Type === 'error' || of(lost)(seen));
      return { Reason, Detail };
    };
    await becomes(answer, notFound);
    socket.view(kept);
    // The service counts from 1 again.
    const shown = await socket.next(of(kept));
    expect(shown.Version).toBe(2);
    const told = await client.balances(asker, kept);
    expect((await balancesOf(bff, user, kept)).version).toBe(told.version + 1);
  });
});
