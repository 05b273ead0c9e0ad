import type { TickersAnswer } from '@tickfolio/api/tickers';
import { type Browser, type Route, startChromium } from '@tickfolio/lib/kit/chromium';
import { createRandom } from '@tickfolio/lib/kit/random';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import type { Benchmark } from '../measure/benchmark.js';
import { startAllInOne } from '../measure/program.js';
import { times, whole } from '../measure/table.js';
import { type Account, createAccount } from './account.js';
import { noFigures, signIn, startMs, traceColumns, traceEmptyPage, traceRow, withPage } from './browser-page.js';
import { type PictureTrace, tracePictures } from './picture-trace.js';
import { scrollInEveryPicture, tracePlainTable } from './plain-table.js';

// What 3,000 markets cost the browser, all of which have another price with every question, while somebody scrolls
// through them.

const marketCount = 3_000;
const rounds = 3;
/** As ratios to floors of the same round, because a slow machine is slow with both. */
const goals = { rate: 0.95, pictureTimes: 20 } as const;

/** An exchange that answers with other figures each time. */
const createTickers = () => {
  const random = createRandom('markets');
  const prices = Array.from({ length: marketCount }, () => Math.exp(random() * 11 - 4));
  const percent = () => ((random() - 0.5) * 20).toFixed(4);
  return (): TickersAnswer => {
    const time = new Date().toISOString();
    const tickers = prices.map((before, at) => {
      const price = before * (1 + (random() - 0.5) * 0.002);
      prices[at] = price;
      const [base, volume] = [`M${at.toString().padStart(4, '0')}`, (10 ** 9 / (at + 1)).toFixed(2)];
      return {
        ...{ symbol: `${base.toLowerCase()}usdt`, base, quote: 'USDT', status: 'trading' as const },
        ...{ price: price.toFixed(5), time, age: 0, change1h: percent(), change24h: percent(), change7d: percent() },
        ...{ high24h: (price * 1.05).toFixed(5), low24h: (price * 0.95).toFixed(5), range24h: random().toFixed(4) },
        ...{ volume24h: volume, quoteVolume24h: volume, quoteVolumeUsdt24h: volume },
        spark7d: Array.from({ length: 29 }, () => (price * (1 + (random() - 0.5) * 0.1)).toFixed(5)),
      };
    });
    return { asOf: time, stale: null, simulated: true, tickers, next: null };
  };
};

/** What a row shows, as texts alone. */
const textsOf = ({ tickers }: TickersAnswer): string[][] =>
  tickers.map(({ base, price, change1h, change24h, change7d, volume24h, low24h, high24h }) => [
    ...[`${base} ${base}/USDT`, price, `${change1h} %`, `${change24h} %`, `${change7d} %`, volume24h],
    ...[`${low24h} – ${high24h}`, '+'],
  ]);

interface Round {
  readonly empty: PictureTrace;
  readonly plain: PictureTrace;
  readonly still: PictureTrace;
  readonly scrolling: PictureTrace;
  /** How many rows there are in the document, of how many that the table tells. */
  readonly rows: readonly [drawn: number, told: number];
}

const traceMarkets = (browser: Browser, base: string, account: Account, seconds: number) =>
  withPage(browser, async (page) => {
    const tickersNow = createTickers();
    await page.route('**/api/v1/tickers?*', (route: Route) => route.fulfill({ json: tickersNow() }));
    await signIn(page, base, account, '/markets');
    const table = page.locator('.market-table');
    await table.locator('tbody tr').first().waitFor();
    await page.waitForTimeout(4_000);
    const still = await tracePictures(browser, page, seconds);
    const told = Number(await table.getAttribute('aria-rowcount')) - 1;
    const drawn = await table.locator('tbody tr').count();
    await scrollInEveryPicture(page);
    await page.waitForTimeout(500);
    return { still, scrolling: await tracePictures(browser, page, seconds), rows: [drawn, told] as const };
  });

/** Its best round of each figure: whatever else the machine does, it does more of in some rounds than in others. */
const rowsOf = (seen: readonly Round[]): string[][] => {
  const best = (traces: readonly PictureTrace[]) => Math.max(...traces.map(({ shownPerSecond }) => shownPerSecond));
  const rate = best(seen.map(({ scrolling }) => scrolling)) / best(seen.map(({ plain }) => plain));
  const pictureTimes = Math.min(
    ...seen.map(({ scrolling, empty }) => (scrolling.pictureMs[1] ?? 0) / (empty.pictureMs[0] ?? Number.NaN)),
  );
  return [
    ...seen.flatMap(({ empty, plain, still, scrolling }, round) => [
      [...traceRow(`round ${round + 1}, an empty page (floor)`, empty), '-', '-'],
      [...traceRow(`round ${round + 1}, a plain table, scrolling (floor)`, plain), '-', '-'],
      [...traceRow(`round ${round + 1}, 3,000 markets`, still), '-', '-'],
      [...traceRow(`round ${round + 1}, 3,000 markets, scrolling`, scrolling), '-', '-'],
    ]),
    ['the best of each', ...noFigures, times(rate), times(pictureTimes)],
  ];
};

export const markets: Benchmark = {
  name: 'markets',
  about: 'the page of 3,000 markets in Chromium, scrolled through while all prices change: pictures and CPU',
  run: async ({ say, seconds }) => {
    const browser = await startChromium();
    if (!browser) throw new Error('The page needs Chromium, which is not installed.');
    const folder = await temporaryFolder();
    const run = startAllInOne(folder.path);
    try {
      const [, base = ''] = await run.said(/(http:\/\/[\w.:]+)\/docs/, startMs);
      const account = await createAccount(base, []);
      const seen: Round[] = [];
      for (let round = 0; round < rounds; round++) {
        say(`round ${round + 1} of ${rounds}`);
        const empty = await traceEmptyPage(browser, seconds);
        const plain = await tracePlainTable(browser, textsOf(createTickers()()), seconds);
        seen.push({ empty, plain, ...(await traceMarkets(browser, base, account, seconds)) });
      }
      const [drawn, told] = seen.at(-1)?.rows ?? [0, 0];
      return {
        title: 'markets: 3,000 of them in Chromium, all prices new with every answer',
        columns: [...traceColumns, 'rate', 'long picture'],
        rows: rowsOf(seen),
        notes: [
          'From the trace of the browser. The empty page moves one point in every picture. The plain table has 3,000 rows of the same texts, without script; it and the markets scroll by 30 points in every picture. ms are CPU time of the main thread; the long picture is the second longest work for one.',
          `Pictures are compared with the plain table, the long picture with the longest of the empty page of the same round. Goals: pictures at least ${goals.rate}x, a long picture below ${goals.pictureTimes}x.`,
          `Of ${whole(told)} rows ${whole(drawn)} were in the document. The answers are made up in the benchmark, 1.3 MB each, every 15 s; everything else is the whole run.`,
        ],
      };
    } finally {
      await run.close();
      await browser.close();
      await folder.remove();
    }
  },
};
