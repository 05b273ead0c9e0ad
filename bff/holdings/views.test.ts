import { randomUUID } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { describe, expect, it } from 'vitest';
import { createUser } from '../kit/bff.js';
import { createViewers, of } from '../kit/viewers.js';

const { build, look, hold, isKnown, somebody, running } = createViewers();

describe('a socket', () => {
  it('shows another portfolio of its user once it asks, beside one that did not ask, and the default one again', async () => {
    const built = await build();
    const { user, paper } = await somebody(built);
    const [one, other] = [await look(built.bff, user), await look(built.bff, user)];
    one.view(paper);
    const frame = await one.next((seen) => of(paper)(seen) && seen.NetWorth === '15000.75' && seen.Version === 2);
    const { userId } = user;
    expect(frame).toMatchObject({
      ...{ UserID: userId, PortfolioID: paper, BaseCurrency: 'EUR', Version: 2, TotalValue: '9000.75' },
      Coins: [{ Symbol: 'ethusdt', Quantity: '3', Version: 2, Price: '3000.25', Total: '9000.75' }],
      Cash: [{ Asset: 'USDT', Quantity: '6000', Version: 1, Price: '1', Total: '6000', PriceTime: null, Stale: false }],
    });
    other.clear();
    const own = await other.next();
    expect(Object.keys(own)).not.toContain('Cash');
    expect([own.PortfolioID, own.TotalValue]).toEqual([undefined, '120000']);

    await built.news.send(built.news.balance(userId, paper, 'ETH', 'ethusdt', '0'));
    expect(await one.next((seen) => seen.Version === 3)).toMatchObject({ Coins: [], NetWorth: '6000' });
    one.clear();
    one.view('default');
    expect((await one.next(of(undefined))).TotalValue).toBe('120000');
    expect(one.messages.filter(({ Type }) => Type !== undefined)).toEqual([]);
  });

  it('counts paper money in an asset that has a market among the coins, also where it came without one', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user, paper } = await somebody(built);
    await news.send(
      news.balance(user.userId, paper, 'BTC', '', '0.5'),
      news.balance(user.userId, paper, 'USDC', '', '7'),
    );
    const socket = await look(bff, user);
    socket.view(paper);
    const { Coins, Cash } = await socket.next(({ TotalValue, Version }) => TotalValue === '39000.75' && Version === 4);
    expect(Coins).toMatchObject([
      { Symbol: 'btcusdt', Quantity: '0.5', Total: '30000' },
      { Symbol: 'ethusdt', Quantity: '3' },
    ]);
    expect(Cash).toMatchObject([{ Asset: 'USDC' }, { Asset: 'USDT', Quantity: '6000' }]);
  });

  it('shows all that is owned together, to the last digit, without paper money', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user, paper } = await somebody(built);
    const [second, gone] = [randomUUID(), randomUUID()];
    await news.send(
      news.made(user.userId, second),
      news.balance(user.userId, second, 'BTC', 'btcusdt', '0.000000000000000001'),
      news.balance(user.userId, second, 'USDT', '', '7'),
      news.made(user.userId, gone),
      news.balance(user.userId, gone, 'BTC', 'btcusdt', '100'),
      news.archived(user.userId, gone),
    );
    const socket = await look(bff, user);
    socket.view('all');
    const worth = '120007.00000000000006';
    // One change of a coin, two of paper money, two and one of the others; prices may come after them.
    const frame = await socket.next((seen) => of('all')(seen) && seen.Version === 6 && seen.NetWorth === worth);
    expect(frame).toMatchObject({
      ...{ BaseCurrency: 'USDT', TotalValue: '120000.00000000000006' },
      Coins: [{ Symbol: 'btcusdt', Quantity: '2.000000000000000001', Version: 6 }],
      Cash: [{ Asset: 'USDT', Quantity: '7' }],
    });
    expect(frame.Coins).toHaveLength(1);
    await news.send(news.balance(user.userId, paper, 'USDT', '', '1'));
    expect(await socket.next((seen) => seen.Version === 7)).toMatchObject({ NetWorth: frame.NetWorth });
    await hold(bff, user, 'btcusdt', '1');
    expect((await socket.next((seen) => seen.Version === 8)).TotalValue).toBe('180000.00000000000006');
  });

  it('keeps what it shows where a portfolio is not there, is of somebody else, or lives at other prices', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user, paper } = await somebody(built);
    const made = randomUUID();
    await news.send(news.made(user.userId, made, { kind: 'paper', simulated: true }));
    const stranger = await look(bff, createUser(systemClock));
    const socket = await look(bff, user);
    await becomes(async () => (await bff.call(undefined, 'GET', '/ready')).body.simulated, false);
    const refused = async (asking: typeof socket, id: string) => {
      asking.clear();
      asking.view(id);
      return (await asking.next(({ Type }) => Type === 'error')).Detail;
    };
    for (const id of [paper, randomUUID(), 'nonsense', ''])
      expect(await refused(stranger, id)).toBe('There is no such portfolio.');
    await becomes(() => refused(socket, made), 'That portfolio lives at made-up prices, which are not here.');
    socket.view(paper);
    await socket.next(of(paper));
    expect(await refused(socket, randomUUID())).toBe('There is no such portfolio.');
    socket.clear();
    await socket.next(of(paper));
    expect(socket.messages.filter(of(undefined))).toEqual([]);
  });

  it('goes on with a portfolio that is archived while it is shown, and takes it out of the sum', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user } = await somebody(built);
    const second = randomUUID();
    await news.send(news.made(user.userId, second), news.balance(user.userId, second, 'BTC', 'btcusdt', '1'));
    const [one, all] = [await look(bff, user), await look(bff, user)];
    await isKnown(second);
    one.view(second);
    await one.next(of(second));
    all.view('all');
    await all.next(({ TotalValue }) => TotalValue === '180000');
    all.clear();
    await news.send(news.archived(user.userId, second));
    await all.next((seen) => of('all')(seen) && seen.TotalValue === '120000');
    bff.publish('btcusdt', '61000');
    expect((await one.next((seen) => of(second)(seen) && seen.TotalValue === '61000')).Coins).toHaveLength(1);
  });

  it('is told of a change by every replica once, whether its event comes twice, late, or before its portfolio', async () => {
    const built = await build(2);
    const { news } = built;
    const user = createUser(systemClock);
    const id = randomUUID();
    const first = news.balance(user.userId, id, 'BTC', 'btcusdt', '1');
    const made = news.made(user.userId, id);
    await news.send(first, made, first, made);
    const seen = await Promise.all(running.map((bff) => look(bff, user)));
    await isKnown(id);
    for (const { view } of seen) view(id);
    for (const socket of seen) await socket.next(({ PortfolioID, Version }) => PortfolioID === id && Version === 1);
    const second = news.balance(user.userId, id, 'BTC', 'btcusdt', '2');
    const third = news.balance(user.userId, id, 'BTC', 'btcusdt', '3');
    await news.send(third, second, first, third);
    for (const socket of seen)
      expect((await socket.next(({ Version }) => Version === 3)).Coins).toMatchObject([{ Quantity: '3', Version: 3 }]);
    for (const { messages } of seen) {
      const versions = messages.filter(of(id)).map(({ Version }) => Version);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
    }
  });

  it('gets prices of a portfolio on, and a view of another, while the portfolio service is away', async () => {
    const built = await build();
    const { bff, service } = built;
    const { user, paper } = await somebody(built);
    service.isAway = true;
    const socket = await look(bff, user);
    socket.view(paper);
    await socket.next(of(paper));
    bff.publish('ethusdt', '1');
    await socket.next((seen) => of(paper)(seen) && seen.TotalValue === '3');
    socket.view('all');
    await socket.next(of('all'));
  });

  it('has the symbols of another portfolio followed only once it shows it, and those of its cash', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user, paper } = await somebody(built);
    await news.send(
      news.balance(user.userId, paper, 'EUR', '', '5'),
      news.balance(user.userId, paper, 'DOGE', 'dogeusdt', '1'),
    );
    const asked = ['bnbusdt', 'dogeusdt', 'eurusdt'];
    const told = () => bff.aggregator.told.at(-1)?.filter((symbol) => asked.includes(symbol));
    const socket = await look(bff, user);
    await becomes(told, []);
    socket.view(paper);
    await becomes(told, ['dogeusdt', 'eurusdt']);
    bff.publish('eurusdt', '1.1');
    const { Cash } = await socket.next(({ NetWorth }) => NetWorth === '15006.25');
    expect(Cash).toMatchObject([
      { Asset: 'EUR', Quantity: '5', Price: '1.1', Total: '5.5' },
      { Asset: 'USDT', Quantity: '6000' },
    ]);
    await news.send(news.balance(user.userId, paper, 'BNB', 'bnbusdt', '1'));
    await becomes(told, asked);
  });

  it('that asked for nothing shows cash of the default portfolio where there is some, as soon as there is', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user } = await somebody(built);
    const socket = await look(bff, user);
    const id = defaultPortfolioId(user.userId);
    await news.send(
      news.made(user.userId, id, { isDefault: true }),
      news.balance(user.userId, id, 'USDT', '', '120.5'),
    );
    const frame = await socket.next(({ Cash }) => Cash !== undefined);
    expect(frame).toMatchObject({
      TotalValue: '120000',
      Cash: [{ Asset: 'USDT', Total: '120.5' }],
      NetWorth: '120120.5',
    });
    expect(frame.PortfolioID).toBeUndefined();
    socket.view(id);
    expect(await socket.next(of(id))).toMatchObject({ Coins: frame.Coins, NetWorth: frame.NetWorth });
    socket.clear();
    await news.send(news.balance(user.userId, id, 'USDT', '', '0'));
    await socket.next(({ Cash, PortfolioID }) => PortfolioID === id && Cash?.length === 0);
  });

  // Last: what is told of before a restore is dropped from here on.
  it('shows no number that falls where the portfolio service was restored from a backup', async () => {
    const built = await build();
    const { bff, news } = built;
    const { user, paper } = await somebody(built);
    const socket = await look(bff, user);
    socket.view(paper);
    await socket.next(({ Version }) => Version === 2);
    news.restored();
    await news.send(
      news.made(user.userId, paper, { kind: 'paper' }),
      news.balance(user.userId, paper, 'USDT', '', '10'),
    );
    const frame = await socket.next(({ Version }) => Version === 3);
    expect(frame).toMatchObject({ Coins: [], Cash: [{ Asset: 'USDT', Quantity: '10', Version: 3 }], NetWorth: '10' });
    const versions = socket.messages.filter(of(paper)).map(({ Version }) => Version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });
});
