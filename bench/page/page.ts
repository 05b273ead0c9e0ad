import { startTickingExchange, tickingCoins } from '@tickfolio/exchange-sim/kit/ticking-coins';
import { type Browser, startChromium } from '@tickfolio/lib/kit/chromium';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import type { Benchmark } from '../measure/benchmark.js';
import { startAllInOne } from '../measure/program.js';
import { none, times } from '../measure/table.js';
import { type Account, createAccount } from './account.js';
import {
  moveInEveryPicture,
  noFigures,
  signIn,
  startMs,
  traceColumns,
  traceEmptyPage,
  traceRow,
  withPage,
} from './browser-page.js';
import { type PictureTrace, tracePictures } from './picture-trace.js';
import { scrollInEveryPicture, tracePlainTable } from './plain-table.js';

// What coins cost the browser that all tick in every second, from its own trace.

/** A page of ours with so many coins. */
interface Screen {
  readonly name: string;
  readonly coins: number;
  readonly path: string;
  /** Of its table: how many rows it tells of once everything is there. */
  readonly rows: number;
  /** Whether it is long enough to be scrolled through. */
  readonly isScrolled: boolean;
}

const rounds = 3;
/** From the first subscription to the end of the last measurement, with room for a slow machine. */
const recordedSeconds = 1_200;
/** As ratios to the empty page of the same round, because a slow machine is slow with both. */
const goals = { rate: 0.95, mainTimes: 2, pictureTimes: 20 } as const;

interface Round {
  readonly empty: PictureTrace;
  readonly own: PictureTrace;
  /** With something moving besides, which shows how many pictures the thread gets done. */
  readonly moving: PictureTrace;
  /** Scrolled through, and a plain table scrolled the same way; undefined where the page is short. */
  readonly scrolling: PictureTrace | undefined;
  readonly plain: PictureTrace | undefined;
}

const traceOwnPage = (browser: Browser, base: string, account: Account, screen: Screen, seconds: number) =>
  withPage(browser, async (page) => {
    await signIn(page, base, account, screen.path);
    await page.locator(`.coins[aria-rowcount="${screen.rows + 1}"]`).waitFor();
    await page.waitForTimeout(4_000);
    const own = await tracePictures(browser, page, seconds);
    await moveInEveryPicture(page);
    await page.waitForTimeout(500);
    const moving = await tracePictures(browser, page, seconds);
    if (!screen.isScrolled) return { own, moving, scrolling: undefined, plain: undefined };
    await scrollInEveryPicture(page);
    await page.waitForTimeout(500);
    const scrolling = await tracePictures(browser, page, seconds);
    return { own, moving, scrolling, plain: await tracePlainTable(browser, textsOf(screen.coins), seconds) };
  });

/** What rows show, as texts alone. */
const textsOf = (coins: number): string[][] =>
  Array.from({ length: coins }, (_, at) => [
    ...[`T${at}`, (60_000 / (at + 1)).toFixed(5), '+1.23 %', '1.25', (75_000 / (at + 1)).toFixed(2), '0.2 %', '⋯'],
  ]);

const rowOf = (name: string, trace: PictureTrace, ratios: string[]) => [...traceRow(name, trace), ...ratios];
/** Its best round of each figure: whatever else the machine does, it does more of in some rounds than in others. */
const rowsOf = (seen: readonly Round[], coins: number): string[][] => {
  const best = (traces: readonly PictureTrace[]) => Math.max(...traces.map(({ shownPerSecond }) => shownPerSecond));
  const least = (ratio: (round: Round) => number) => Math.min(...seen.map(ratio));
  const rate = best(seen.map(({ moving }) => moving)) / best(seen.map(({ empty }) => empty));
  const known = (traces: readonly (PictureTrace | undefined)[]) => traces.filter((trace) => trace !== undefined);
  const scrolled = known(seen.map(({ scrolling }) => scrolling));
  const scrollRate = best(scrolled) / best(known(seen.map(({ plain }) => plain)));
  const mainTimes = least(({ own, empty }) => own.mainMs / empty.mainMs);
  // The second longest picture: one may be the machine's.
  const pictureTimes = least(({ own, empty }) => (own.pictureMs[1] ?? 0) / (empty.pictureMs[0] ?? Number.NaN));
  const nothing = [none, none, none, none];
  return [
    ...seen.flatMap(({ empty, own, moving, scrolling, plain }, round) => [
      rowOf(`round ${round + 1}, an empty page (floor)`, empty, nothing),
      rowOf(`round ${round + 1}, ${coins} coins`, own, nothing),
      rowOf(`round ${round + 1}, ${coins} coins and something moving`, moving, nothing),
      ...(plain ? [rowOf(`round ${round + 1}, a plain table, scrolling (floor)`, plain, nothing)] : []),
      ...(scrolling ? [rowOf(`round ${round + 1}, ${coins} coins, scrolling`, scrolling, nothing)] : []),
    ]),
    ['the best of each', ...noFigures, times(rate), times(scrollRate), times(mainTimes), times(pictureTimes)],
  ];
};

const benchmarkOf = (screen: Screen): Benchmark => ({
  name: screen.name,
  about: `${screen.path} in Chromium with ${screen.coins} coins that all tick in every second: pictures and CPU, against an empty page`,
  run: async ({ say, seconds }) => {
    const browser = await startChromium();
    if (!browser) throw new Error('The page needs Chromium, which is not installed.');
    const coins = tickingCoins(screen.coins);
    const folder = await temporaryFolder();
    const exchange = await startTickingExchange(coins, recordedSeconds, folder.path);
    const run = startAllInOne(folder.path, {
      MAX_COINS: String(screen.coins),
      PRICE_SOURCE: 'binance',
      BINANCE_WS_URL: exchange.url,
      BINANCE_REST_URL: exchange.restUrl,
      FOLLOW_SYMBOLS: '',
    });
    try {
      const [, base = ''] = await run.said(/(http:\/\/[\w.:]+)\/docs/, startMs);
      const account = await createAccount(base, coins);
      const seen: Round[] = [];
      for (let round = 0; round < rounds; round++) {
        say(`round ${round + 1} of ${rounds}`);
        const empty = await traceEmptyPage(browser, seconds);
        seen.push({ empty, ...(await traceOwnPage(browser, base, account, screen, seconds)) });
      }
      return {
        title: `${screen.name}: ${screen.coins} coins that all tick in every second, ${screen.path} in Chromium`,
        columns: [...traceColumns, 'rate', 'scrolling', 'main thread', 'long picture'],
        rows: rowsOf(seen, screen.coins),
        notes: [
          'From the trace of the browser. The empty page moves one point in every picture; what scrolls does so by 30 points in every picture, the plain table has as many rows and no script. ms are CPU time of the main thread; the long picture is the second longest work for one.',
          `The ratios are to the empty page of the same round, scrolling to the plain table. Goals: pictures at least ${goals.rate}x, the main thread below ${goals.mainTimes}x, a long picture below ${goals.pictureTimes}x.`,
          'That one push is drawn once is not measured but counted: e2e/loops/page-draws.loop.test.ts.',
        ],
      };
    } finally {
      await run.close();
      await Promise.all([browser.close(), exchange.close()]);
      await folder.remove();
    }
  },
});

/** Home lists the first 20 of its holdings. */
export const page = benchmarkOf({ name: 'page', coins: 200, path: '/', rows: 20, isScrolled: false });

/** As many as one portfolio holds where nothing else is set. */
export const holdings = benchmarkOf({
  name: 'holdings',
  coins: 500,
  path: '/portfolios/default',
  rows: 500,
  isScrolled: true,
});
