import { createManualClock } from '@tickfolio/lib/clock';
import { add, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import { Decimal } from 'decimal.js';
import type { Benchmark } from '../measure/benchmark.js';
import { type Contestant, contest } from '../measure/contest.js';
import { times, whole } from '../measure/table.js';
import { loadBffValuation } from './bff.js';

Decimal.set({ precision: 80, toExpNeg: -80, toExpPos: 80 });

const coins = 10;
/** So many portfolios share one tick, as users do; the tick's own cost is in the figures. */
const portfolios = 200;
const ticks = 50;

const symbols = Array.from({ length: coins }, (_, coin) => `coin${coin}usdt`);
/** Prices with 2 to 8 decimals, another for each tick. */
const priceText = (coin: number, tick: number): string =>
  (68_000 / 7 ** coin + (1 + tick) * 10 ** -Math.min(8, 2 + coin)).toFixed(8);
const quantityText = (user: number, coin: number): string =>
  `${1 + ((user * 7 + coin * 3) % 50)}.${String(1 + ((user + coin) % 9)).padStart(1 + (coin % 6), '0')}`;

const users = Array.from({ length: portfolios }, (_, user) => ({
  userId: `00000000-0000-4000-8000-${String(user).padStart(12, '0')}`,
  userName: `user-${user}`,
}));
const pricesOf = Array.from({ length: ticks }, (_, tick) => symbols.map((_, coin) => priceText(coin, tick)));
const quantities = users.map((_, user) => symbols.map((_, coin) => quantityText(user, coin)));
/** Of a coin, and the portfolio's, which is that of the coin that was changed last. */
const versionOf = (coin: number): number => 1 + coin;
const version = versionOf(coins - 1);
const timeMs = 1_769_508_000_000;
const timeText = new Date(timeMs).toISOString();

/** Prices and valuation as the BFF does them: one parse a tick, one frame a portfolio. */
const byBff = async () => {
  const { createPriceBoard, createHolding, renderHead, renderFrame } = await loadBffValuation();
  const board = createPriceBoard({ clock: createManualClock(timeMs), staleAfterMs: 60_000 });
  const listings = symbols.map((symbol) => board.listing(symbol, 'usdt'));
  const holdings = quantities.map((own) =>
    listings.map((listing, coin) => createHolding(listing, own[coin] ?? '', versionOf(coin))),
  );
  const heads = users.map((user) => renderHead(user, version));
  let tradeId = 0;
  return (tick: number, frame: (text: string) => void) => {
    tradeId += 1;
    for (const [coin, symbol] of symbols.entries())
      board.take({ symbol, price: pricesOf[tick]?.[coin] ?? '', timeMs, tradeId });
    for (const [user, head] of heads.entries()) frame(renderFrame(head, holdings[user] ?? [], timeMs, false));
  };
};

/** The same frames, character for character, written with decimal.js. */
const byDecimal = () => {
  const own = quantities.map((row) =>
    row.map((text) => ({ text: new Decimal(text).toFixed(), value: new Decimal(text) })),
  );
  return (tick: number, frame: (text: string) => void) => {
    const prices = (pricesOf[tick] ?? []).map((text) => new Decimal(text));
    const fields = prices.map((price) => `"Price":"${price.toFixed()}"`);
    for (const [user, { userId, userName }] of users.entries()) {
      let sum = new Decimal(0);
      let lines = '';
      for (const [coin, quantity] of (own[user] ?? []).entries()) {
        const total = quantity.value.times(prices[coin] ?? 0);
        sum = sum.plus(total);
        const line = `{"Symbol":"${symbols[coin]}","Quantity":"${quantity.text}","Version":${versionOf(coin)},${fields[coin]},"Total":"${total.toFixed()}","PriceTime":"${timeText}","Stale":false,"PriceReceived":"${timeText}"}`;
        lines += lines === '' ? line : `,${line}`;
      }
      frame(
        `{"UserID":"${userId}","UserName":"${userName}","Version":${version},"TotalValue":"${sum.toFixed()}","Coins":[${lines}],"AsOf":"${timeText}"}`,
      );
    }
  };
};

const rendering = (name: string, value: (tick: number, frame: (text: string) => void) => void): Contestant => {
  let tick = 0;
  let bytes = 0;
  const keep = (text: string) => {
    bytes += Buffer.from(text).length;
  };
  return {
    name,
    pieces: portfolios,
    run: () => {
      value(tick++ % ticks, keep);
      return bytes;
    },
  };
};

/** Only the sum of the products, no text: what arithmetic alone costs. */
const arithmetic = (): Contestant[] => {
  const sums: (bigint | string | number)[] = new Array(portfolios).fill(0);
  const ourPrices = (pricesOf[0] ?? []).map((text) => parseDecimal(text));
  const ourQuantities = quantities.map((row) => row.map((text) => parseDecimal(text)));
  const theirPrices = (pricesOf[0] ?? []).map((text) => new Decimal(text));
  const theirQuantities = quantities.map((row) => row.map((text) => new Decimal(text)));
  const unitPrices = ourPrices.map(({ units, scale }) => units * 10n ** BigInt(8 - scale));
  const unitQuantities = ourQuantities.map((row) => row.map(({ units, scale }) => units * 10n ** BigInt(8 - scale)));
  const each = (name: string, total: (user: number) => bigint | string | number): Contestant => ({
    name,
    pieces: portfolios,
    run: () => {
      for (let user = 0; user < portfolios; user++) sums[user] = total(user);
      return sums.length;
    },
  });
  return [
    each('sum by lib/money', (user) => {
      let sum = zero;
      const own = ourQuantities[user] ?? [];
      for (let coin = 0; coin < coins; coin++) sum = add(sum, multiply(own[coin] ?? zero, ourPrices[coin] ?? zero));
      return sum.units;
    }),
    each('sum by decimal.js', (user) => {
      let sum = new Decimal(0);
      const own = theirQuantities[user] ?? [];
      for (let coin = 0; coin < coins; coin++) sum = sum.plus(own[coin]?.times(theirPrices[coin] ?? 0) ?? 0);
      return sum.e;
    }),
    each('sum by bare BigInt (floor)', (user) => {
      let sum = 0n;
      const own = unitQuantities[user] ?? [];
      for (let coin = 0; coin < coins; coin++) sum += (own[coin] ?? 0n) * (unitPrices[coin] ?? 0n);
      return sum;
    }),
  ];
};

const framesOf = (value: (tick: number, frame: (text: string) => void) => void): string[] => {
  const frames: string[] = [];
  for (let tick = 0; tick < ticks; tick++) value(tick, (text) => frames.push(text));
  return frames;
};

export const valuation: Benchmark = {
  name: 'valuation',
  about:
    'exact value of a portfolio of 10 coins, as the BFF computes and writes it, against decimal.js and bare BigInt',
  run: async ({ seconds, say }) => {
    const bff = await byBff();
    const reference = framesOf(byDecimal());
    if (framesOf(bff).some((text, i) => text !== reference[i]))
      throw new Error('the BFF and decimal.js do not write the same frames');
    say('portfolios of 10 coins');
    const rates = contest(
      [rendering('frame by the BFF', bff), rendering('frame by decimal.js', byDecimal()), ...arithmetic()],
      seconds / 4,
    );
    const rate = (name: string) => rates.get(name) ?? Number.NaN;
    const floor = rate('sum by bare BigInt (floor)');
    return {
      title: 'valuation: portfolios of 10 coins a second on one core, every price new',
      columns: ['what', 'portfolios/s', 'us each', 'of decimal.js', 'of the floor'],
      rows: [...rates.keys()].map((name) => {
        const kind = name.startsWith('frame') ? 'frame by decimal.js' : 'sum by decimal.js';
        return [
          name,
          whole(rate(name)),
          (1e6 / rate(name)).toFixed(2),
          times(rate(name) / rate(kind)),
          times(rate(name) / floor),
        ];
      }),
      notes: [
        '"frame" is the whole client frame as bytes: ten products, their sum, eleven amounts formatted; both ways are checked to write the same characters.',
        `"sum" is the arithmetic alone on parsed numbers. ${portfolios} portfolios share the parsing of one tick.`,
      ],
    };
  },
};
