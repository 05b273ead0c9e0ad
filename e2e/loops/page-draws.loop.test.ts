import type { ExchangeSim } from '@tickfolio/exchange-sim/app';
import { startTickingExchange, tickingCoins } from '@tickfolio/exchange-sim/kit/ticking-coins';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAllInOne } from '../kit/all-in-one.js';
import { browser, createAccount, signIn, withPage } from '../kit/page.js';

// How often the page draws 200 coins that all tick in every second. What that costs is measured: `npm run bench page`.

const coins = tickingCoins(200);
/** Each with the prices of many coins. */
const countedPushes = 10;
/** From the first subscription to the end, with room for a slow machine. */
const recordedSeconds = 600;

let exchange: ExchangeSim;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: Awaited<ReturnType<typeof startAllInOne>>;
beforeAll(async () => {
  if (!browser) return;
  folder = await temporaryFolder();
  exchange = await startTickingExchange(coins, recordedSeconds, folder.path);
  run = await startAllInOne(folder.path, {
    MAX_COINS: '300',
    PRICE_SOURCE: 'binance',
    BINANCE_WS_URL: exchange.url,
    BINANCE_REST_URL: exchange.restUrl,
    FOLLOW_SYMBOLS: '',
  });
});
afterAll(async () => {
  await run?.process.end('SIGTERM');
  await Promise.all([exchange?.close(), folder?.remove()]);
});

it.skipIf(!browser)('draws once per push, with 200 coins ticking every second', { timeout: 300_000 }, async () => {
  const account = await createAccount(run.base, Object.fromEntries(coins.map((symbol) => [symbol, '1.25'])));
  await withPage({}, async ({ page }) => {
    let pushes = 0;
    let ticks = 0;
    /** Of what the page reads each minute by its own clock; each may be drawn. */
    let answers = 0;
    page.on('response', (response) => response.url().includes('/api/v1/') && answers++);
    const prices = new Map<string, string | null>();
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const { Coins = [] } = JSON.parse(String(payload)) as {
          Coins?: readonly { Symbol: string; Price: string | null }[];
        };
        if (Coins.length > 0) pushes++;
        for (const { Symbol: symbol, Price } of Coins) {
          if (prices.get(symbol) !== Price) ticks++;
          prices.set(symbol, Price);
        }
      }),
    );
    await signIn(page, run.base, account);
    await page.getByRole('button', { name: 'Show all 200' }).click();
    await page.locator(`.coins[aria-rowcount="${coins.length + 1}"]`).waitFor();
    await page.waitForTimeout(4_000);
    // Every change of the document by React comes in one go, which an observer is told about once.
    await page.evaluate(`(() => {
        window.commits = 0;
        new MutationObserver(() => window.commits++).observe(document.getElementById('page'), { subtree: true, childList: true, characterData: true, attributes: true });
      })()`);
    const commits = async () => (await page.evaluate('window.commits')) as number;

    [pushes, ticks, answers] = [0, 0, 0];
    const before = await commits();
    await expect.poll(() => pushes >= countedPushes && ticks > coins.length, { timeout: 120_000 }).toBe(true);
    const renders = (await commits()) - before;
    // A range that was drawn anew by its own clock may come on top.
    expect(renders).toBeLessThanOrEqual(pushes + answers + 2);
    expect(renders).toBeGreaterThan(0);
  });
});
