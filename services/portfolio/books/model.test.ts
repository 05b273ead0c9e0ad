import { seed, seedsOf } from '@tickfolio/lib/kit/counts';
import { createRandom } from '@tickfolio/lib/kit/random';
import { formatDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { openTestBooks, type TestBooks, unitsOf, usualSymbols } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { faultsIn } from '../kit/invariants.js';
import { createModel, type ModelPortfolio, type Step } from '../kit/model.js';
import { reasonOf } from '../kit/portfolio.js';
import { idOfKey } from '../postings/once.js';

const seeds = seedsOf(6);
const stepsASeed = 60;
/** More than a seed makes of anything. */
const wholePage = 1_000;

const textOf = (units: bigint): string => formatDecimal({ units, scale: 18 });
const most = 10n ** 38n - 1n;
const one = 10n ** 18n;
const amounts = [1n, one / 2n, one, (one * 13n) / 4n, 7n * one];
const symbols = { btcusdt: 'BTC', btceur: 'BTC', ethusdt: 'ETH' } as const;

/**
 * Steps of which most can be done, some come again, and some ask for what is somebody else's, of another kind, too much
 * or under an id that stands for something else.
 */
const createDraw = (
  random: () => number,
  portfolios: readonly ModelPortfolio[],
  id: (of: string) => string,
  isHeld: (order: string) => boolean,
) => {
  const asked: Step[] = [];
  let made = 0;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const seldom = () => random() < 0.06;
  const amount = () => (random() < 0.02 ? most : pick(amounts));
  const before = <Do extends Step['do']>(what: Do) =>
    asked.filter((step): step is Extract<Step, { do: Do }> => step.do === what);
  const place = (kind: ModelPortfolio['kind']) =>
    pick(seldom() ? portfolios : portfolios.filter((portfolio) => portfolio.kind === kind));
  const userOf = ({ user }: ModelPortfolio) => (seldom() ? pick(portfolios).user : user);
  const newKey = () => (seldom() ? 'key-0' : `key-${made++}`);
  const inPaper = (): { of: string; id: string } => {
    const orders = before('reserve');
    const fresh = { of: place('paper').id, id: id(`order ${made++}`) };
    if (orders.length === 0 || seldom()) return fresh;
    const held = orders.filter((order) => isHeld(order.id));
    const { of, id: known } = pick(held.length === 0 || seldom() ? orders : held);
    return { of: seldom() ? fresh.of : of, id: known };
  };

  const change = (): Step => {
    const portfolio = place('tracking');
    const symbol = pick(Object.keys(symbols) as (keyof typeof symbols)[]);
    const by = random() < 0.7 ? amount() : -amount();
    const about = { of: portfolio.id, user: userOf(portfolio), key: newKey() };
    return { do: 'change', ...about, symbol, asset: symbols[symbol], by };
  };
  const remove = (): Step => {
    const portfolio = place('tracking');
    const symbol = pick(Object.keys(symbols));
    return { do: 'remove', of: portfolio.id, user: userOf(portfolio), key: newKey(), symbol };
  };
  const undo = (): Step => {
    const changes = [...before('change'), ...before('remove')];
    if (changes.length === 0 || seldom()) return { do: 'undo', of: place('tracking').id, user: 'ann', key: newKey() };
    const { of, user, key } = pick(changes);
    return { do: 'undo', of, user, key };
  };
  const fund = (): Step => {
    const portfolio = place('paper');
    const asset = pick(['USDT', 'USDT', 'BNB', 'ETH']);
    const about = { of: portfolio.id, user: userOf(portfolio), key: newKey() };
    return { do: 'fund', ...about, asset, quantity: random() < 0.02 ? most : pick([3n, 20n, 50n]) * one };
  };
  const transfer = (): Step => {
    const from = place(pick(['tracking', 'paper']));
    const alike = portfolios.filter(({ user, kind }) => user === from.user && kind === from.kind);
    const others = alike.filter((portfolio) => portfolio !== from);
    const to = pick(others.length === 0 || seldom() ? portfolios : others);
    const asset = from.kind === 'paper' ? pick(['USDT', 'BNB']) : 'BTC';
    const fee = random() < 0.5 ? 0n : pick(amounts);
    const about = { from: from.id, to: to.id, user: userOf(from), key: newKey() };
    return { do: 'transfer', ...about, asset, quantity: amount(), fee };
  };
  const reserve = (): Step => {
    const portfolio = place('paper');
    const orders = [...before('reserve'), ...before('release')];
    const order = orders.length > 0 && seldom() ? pick(orders).id : id(`order ${made++}`);
    const about = { of: portfolio.id, user: userOf(portfolio), id: order };
    return { do: 'reserve', ...about, asset: 'USDT', amount: amount() };
  };
  const settle = (): Step => {
    const fills = before('settle');
    const fill = fills.length > 0 && seldom() ? pick(fills).fill : id(`fill ${made++}`);
    const fees = [['BNB', pick(amounts)] as const, ['BTC', pick(amounts)] as const].slice(Math.floor(random() * 2.5));
    return {
      do: 'settle',
      ...inPaper(),
      fill,
      take: ['USDT', pick(amounts.slice(0, 3))],
      give: ['BTC', amount()],
      fees,
    };
  };
  const kinds = [
    change,
    change,
    change,
    remove,
    undo,
    fund,
    fund,
    fund,
    transfer,
    transfer,
    reserve,
    reserve,
    settle,
    settle,
  ] as const;
  const papers = portfolios.filter(({ kind }) => kind === 'paper');
  const first = papers.flatMap(({ id: of, user }) =>
    ['USDT', 'BNB'].map((asset): Step => ({ do: 'fund', of, user, key: newKey(), asset, quantity: 100n * one })),
  );
  return (): Step => {
    const begin = first.pop();
    if (begin) return begin;
    const again = asked.length > 0 && random() < 0.12;
    const step = again ? pick(asked) : pick([...kinds, () => ({ do: 'release' as const, ...inPaper() })])();
    asked.push(step);
    return step;
  };
};

/** The same step of the real books, answered in the words of the model. */
const runReal = async ({ books }: TestBooks, step: Step): Promise<string> => {
  const asked = (of: string, userId: string) => ({ portfolioId: of, userId, requestId: '' });
  const { coins, funding, transfer, reservations, settle } = books;
  const changed = async (work: ReturnType<typeof coins.change>) => {
    const { delta, coin, version } = await work;
    return `${unitsOf(delta)} ${unitsOf(coin.quantity)} ${version}`;
  };
  switch (step.do) {
    case 'change': {
      const { of, user, by, ...rest } = step;
      return changed(coins.change({ ...asked(of, user), ...rest, by: textOf(by) }));
    }
    case 'remove':
      return changed(coins.remove({ ...asked(step.of, step.user), key: step.key, symbol: step.symbol }));
    case 'undo':
      return changed(coins.undo({ ...asked(step.of, step.user), changeId: idOfKey(step.user, step.key) }));
    case 'fund': {
      const { of, user, key, asset, quantity } = step;
      const { available, version } = await funding.fund({
        ...asked(of, user),
        key,
        asset,
        quantity: textOf(quantity),
      });
      return `${unitsOf(available)} ${version}`;
    }
    case 'transfer': {
      const { from, to, user, key, asset, quantity, fee } = step;
      const about = { from, to, userId: user, requestId: '', key, asset };
      const made = await transfer({ ...about, quantity: textOf(quantity), networkFee: textOf(fee) });
      return `${made.fromVersion} ${made.toVersion}`;
    }
    case 'reserve': {
      const { of, user, id, asset, amount } = step;
      const about = { reservationId: id, for: 'order', asset, amount: textOf(amount) } as const;
      const { available, reserved, version } = await reservations.reserve({ ...asked(of, user), ...about });
      return `${unitsOf(available)} ${unitsOf(reserved)} ${version}`;
    }
    case 'release': {
      const about = { portfolioId: step.of, requestId: '', reservationId: step.id, reason: 'cancelled' };
      return String(unitsOf((await reservations.release(about)).released));
    }
    case 'settle': {
      const { of, fill, id, take, give, fees } = step;
      const amountOf = ([asset, amount]: readonly [string, bigint]) => ({ asset, amount: textOf(amount) });
      const { remaining, fee, version } = await settle({
        fillId: fill,
        reservationId: id,
        portfolioId: of,
        requestId: '',
        take: amountOf(take),
        give: { ...amountOf(give), via: '' },
        fees: fees.map(amountOf),
      });
      const charged = fee ? `${fee.asset} ${unitsOf(fee.amount)}` : 'no fee';
      return `${unitsOf(remaining)} ${charged} ${version}`;
    }
  }
};
const answerOf = async (real: TestBooks, step: Step): Promise<string> => {
  let answer = '';
  const word = await reasonOf(
    runReal(real, step).then((text) => {
      answer = text;
    }),
  );
  return word === 'done' ? answer : word;
};

/** What is there, in the words of the model. */
const stateOf = async ({ books }: TestBooks, portfolios: readonly ModelPortfolio[]): Promise<readonly string[]> => {
  const { items } = await books.readings.positions('', wholePage);
  const states = new Map(items.map((held) => [held.portfolioId, held]));
  return portfolios.flatMap(({ id: portfolioId }) => [
    `${portfolioId} ${states.get(portfolioId)?.version}`,
    ...(states.get(portfolioId)?.balances ?? [])
      .map(({ asset, via, available, reserved }) =>
        [portfolioId, asset, via, unitsOf(available), unitsOf(reserved)].join(' '),
      )
      .sort(),
  ]);
};
const reservationsOf = async ({ books }: TestBooks): Promise<readonly string[]> => {
  const { items, next } = await books.readings.reservations('', wholePage);
  expect(next).toBeUndefined();
  return items.map((one) => `${one.id} ${one.state} ${unitsOf(one.remaining)} ${unitsOf(one.released)}`).sort();
};

describe('the books agree with what one would count by hand, whatever is asked for, in whatever order', () => {
  it.each(Array.from({ length: seeds }, (_, at) => `${seed}-${at}`))('seed %s', async (name) => {
    const postgres = await openEmbeddedDatabase();
    const real = await openTestBooks(postgres);
    const random = createRandom(name);
    const ids = new Map<string, string>();
    const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
    const id = (of: string): string => {
      const known = ids.get(of) ?? `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
      ids.set(of, known);
      return known;
    };
    const portfolios: ModelPortfolio[] = [];
    for (const [user, kinds] of [
      ['ann', ['tracking', 'tracking', 'paper', 'paper']],
      ['ben', ['tracking', 'paper']],
    ] as const)
      for (const kind of kinds) {
        const { portfolioId } = await real.portfolio(kind, { userId: user, id: id(`portfolio ${portfolios.length}`) });
        portfolios.push({ id: portfolioId, user, kind });
      }
    const model = createModel(portfolios, usualSymbols);
    const draw = createDraw(random, portfolios, id, (order) =>
      model.reservations().some((one) => one.startsWith(`${order} held `)),
    );
    for (let at = 0; at < stepsASeed; at++) {
      const step = draw();
      const words = `step ${at} of seed ${name}: ${JSON.stringify(step, (_, value) => (typeof value === 'bigint' ? textOf(value) : value))}`;
      expect(await answerOf(real, step), words).toBe(model.run(step));
      expect(await stateOf(real, portfolios), words).toEqual(model.state());
      expect(await reservationsOf(real), words).toEqual(model.reservations());
      expect(await faultsIn(real.db), words).toEqual([]);
    }
  });
});
