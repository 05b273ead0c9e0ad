import { fileURLToPath } from 'node:url';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { patience, startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startProcess } from '@tickfolio/lib/kit/process';
import { createRandom } from '@tickfolio/lib/kit/random';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, expect, it } from 'vitest';
import { newKey, openTestBooks } from '../kit/books.js';
import { faultsIn } from '../kit/invariants.js';
import { migrationsFolder } from '../migrations-folder.js';

const kills = countOf('KILLS', 6);
const answersEach = 60;
const program = fileURLToPath(new URL('../dist/kit/order-sender.js', import.meta.url));

const postgres = await startTestPostgres();
afterAll(() => postgres?.close());

it.skipIf(!postgres)(
  `each order and fill is booked once and answered the same, through ${kills} kills (-9) of who books them, seed ${seed} (F5)`,
  { timeout: 120_000 + kills * 20_000 },
  async () => {
    if (!postgres) throw new Error('no server');
    await postgres.createDatabase('portfolio_service');
    const { host, port, user, password } = postgres;
    const server = { host, port, user, password, database: 'portfolio_service', migrationsFolder, ...patience };
    const { db, close } = await openServerPostgres({ ...server, log: silentLogger(), clock });
    const real = await openTestBooks({ db, close, ping: async () => undefined });
    const paper = await real.portfolio('paper');
    await real.books.funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '1000000' });

    const random = createRandom(seed);
    const answers = new Map<string, Set<string>>();
    let reached = 0;
    const start = (last = 1_000_000) => {
      // Some orders before the last that was answered: those are asked for once more.
      const first = Math.max(1, reached - 5);
      const sender = startProcess(process.execPath, [program, JSON.stringify({ server, ...paper, first, last })], {});
      return { ...sender, answers: () => sender.out().match(/^order \d+ \w+ .*$/gm) ?? [] };
    };
    const note = (lines: readonly string[]) => {
      for (const line of lines) {
        const [, what = '', number = '0', answer = ''] = /^(order (\d+) \w+) (.*)$/.exec(line) ?? [];
        answers.set(what, (answers.get(what) ?? new Set()).add(answer));
        reached = Math.max(reached, Number(number));
      }
    };
    const senders = [start(), start()];
    const kill = async (at: number) => {
      const victim = senders[at];
      if (!victim) throw new Error('no such sender');
      await eventually('it books', () => victim.answers().length >= answersEach, 60_000);
      await victim.end('SIGKILL');
      note(victim.answers());
    };
    for (let count = 0; count < kills; count++) {
      const at = random() < 0.5 ? 0 : 1;
      await kill(at);
      senders[at] = start();
    }
    await Promise.all([kill(0), kill(1)]);
    const end = start(reached + 5);
    await end.waitFor(/^done$/m, 60_000);
    note(end.answers());

    expect([...answers].filter(([, given]) => given.size > 1)).toEqual([]);
    const orders = reached;
    expect(answers.size).toBe(4 * orders);
    expect(await real.held(paper)).toEqual([
      `version ${1 + 8 * orders}`,
      `BTC btcusdt ${(198 * orders) / 10_000} 0`,
      `USDT  ${1_000_000 - 7 * orders} 0`,
    ]);
    expect(await faultsIn(db)).toEqual([]);
    await close();
  },
);
