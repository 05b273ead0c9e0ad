import { eventually } from '@tickfolio/lib/kit/wait-until';
import { call, type Person } from '../client/person.js';
import type { Watcher } from '../client/watcher.js';
import { demand, type Stack } from '../stack/stack.js';

const soonMs = 60_000;
const pollMs = 200;

/** What the person of the walk-through holds from then on. */
const heldCoins = [
  { symbol: 'btcusdt', quantity: '1.5' },
  { symbol: 'ethusdt', quantity: '10' },
] as const;
export const held = heldCoins.map(({ symbol, quantity }) => `${symbol} ${quantity}`).join(', ');

/** The README's first steps: an account, a session, coins. */
export const openAccount = async (person: Person): Promise<void> => {
  const registered = await person.register();
  demand(registered.status === 201, `register answered ${registered.status}: ${registered.text}`);
  const entered = await person.login();
  demand(entered.status === 200, `login answered ${entered.status}: ${entered.text}`);
  // The exchange's list of symbols may come a moment after everything is healthy.
  for (const { symbol, quantity } of heldCoins)
    await eventually(
      `${symbol} is added`,
      async () => (await person.addCoin(symbol, quantity)).status === 200,
      soonMs,
      pollMs,
    );
};

/** Whether the portfolio reads as it was made. */
const demandPortfolio = async (person: Person): Promise<void> => {
  const { status, body, text } = await person.profile();
  const coins = Array.isArray(body.Coins) ? (body.Coins as readonly { Symbol: string; Quantity: string }[]) : [];
  const found = coins.map(({ Symbol: symbol, Quantity }) => `${symbol} ${Quantity}`).join(', ');
  demand(status === 200 && found === held, `the profile is not ${held}: ${status} ${text}`);
};

/** The live frame, the rows, the pages: what the documents promise. @returns how many tickers the archive shows */
export const demandLife = async (
  { clock, archive, urls }: Stack,
  person: Person,
  watcher: Watcher,
): Promise<number> => {
  await demandPortfolio(person);
  const sinceMs = clock.now();
  await eventually(
    'a frame with fresh prices of every coin',
    () => watcher.frames.find((frame) => frame.holds === held && (frame.pricedSinceMs ?? 0) >= sinceMs),
    soonMs,
  );
  demand(watcher.faults.length === 0, `wrong totals: ${watcher.faults.slice(0, 3).join('; ')}`);
  const rows = await eventually(
    'rows of the last minute',
    async () => (await archive.count(sinceMs)) || undefined,
    soonMs,
    pollMs,
  );
  demand(rows > 0, 'the archive is empty');
  const one = await archive.text(
    "SELECT symbol, close_price FROM crypto.market_tickers WHERE symbol = 'BTCUSDT' ORDER BY event_time DESC LIMIT 1",
  );
  demand(/^BTCUSDT\t\d+(\.\d+)?$/.test(one), `the newest row of BTCUSDT reads "${one}"`);
  await eventually(
    'the dashboard shows BTCUSDT',
    async () => {
      const page = await call(`${urls.dashboard}/symbols/BTCUSDT`, { headers: { accept: 'text/html' } });
      const start = await call(`${urls.dashboard}/`, { headers: { accept: 'text/html' } });
      return page.status === 200 && start.text.includes('data-key="BTCUSDT"') ? true : undefined;
    },
    soonMs,
    pollMs,
  );
  for (const path of ['/', '/docs']) {
    const page = await call(`${urls.bff}${path}`, { headers: { accept: 'text/html' } });
    demand(page.status === 200 && page.text.includes('<html'), `the page ${path} of the BFF answered ${page.status}`);
  }
  return archive.count();
};

/** Whether a collector of logs can read all that a service of ours wrote. @throws the first line that is not JSON */
export const demandJsonLines = async ({ compose }: Stack, service: string): Promise<void> => {
  const lines = await compose.logLines(service);
  demand(lines.length > 0, `${service} wrote no line`);
  const bad = lines.find((line) => !/^\{"level":\d+,"time":"[^"]+","service":"[^"]+",.*\}$/.test(line));
  demand(bad === undefined, `${service} wrote a line that is not of its log: ${bad}`);
};
