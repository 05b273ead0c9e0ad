import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { createRandom } from '@tickfolio/lib/kit/random';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { type ExchangeSim, startExchangeSim } from '../app.js';

/** Names of coins that nobody else has. */
export const tickingCoins = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `t${at.toString().padStart(3, '0')}usdt`);

/**
 * Starts a simulated exchange on which every coin trades once in every second, at a new price: a recording made up
 * here. It begins with the first subscription.
 */
export const startTickingExchange = async (
  coins: readonly string[],
  seconds: number,
  folder: string,
): Promise<ExchangeSim> => {
  const random = createRandom('ticking coins');
  const beginMs = 1_760_000_000_000;
  const lines: string[] = [];
  const traded = coins.map((coin) => ({
    symbol: coin.toUpperCase(),
    atMs: random() * 900,
    price: Math.exp(random() * 11 - 1),
  }));
  traded.sort((a, b) => a.atMs - b.atMs);
  for (let second = 0; second < seconds; second++) {
    for (const coin of traded) {
      coin.price *= 1 + (random() - 0.5) * 0.002;
      const time = Math.floor(beginMs + second * 1_000 + coin.atMs);
      const [id, price] = [1_000 + second, coin.price.toFixed(coin.price > 1_000 ? 2 : 5)];
      const data = {
        e: 'aggTrade',
        E: time,
        s: coin.symbol,
        a: id,
        p: price,
        q: '0.01',
        f: id,
        l: id,
        T: time,
        m: random() < 0.5,
        M: true,
      };
      lines.push(
        JSON.stringify({ recv: time / 1_000, frame: { stream: `${coin.symbol.toLowerCase()}@aggTrade`, data } }),
      );
    }
  }
  const file = join(folder, 'ticking-coins.jsonl');
  await writeFile(file, lines.join('\n'));
  return startExchangeSim({ clock: systemClock, log: silentLogger() }, { replay: { file } });
};
