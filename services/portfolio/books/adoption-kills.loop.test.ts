import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { countOf, seed } from '@tickfolio/lib/kit/counts';
import { patience, startTestPostgres } from '@tickfolio/lib/kit/postgres';
import { startProcess } from '@tickfolio/lib/kit/process';
import { createRandom } from '@tickfolio/lib/kit/random';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, expect, it } from 'vitest';
import { newKey, openTestBooks } from '../kit/books.js';
import { faultsIn } from '../kit/invariants.js';
import { migrationsFolder } from '../migrations-folder.js';

const kills = countOf('KILLS', 6);
const answersEach = 5;
/** More than are taken over at a time. */
const coinsEach = 120;
const program = fileURLToPath(new URL('../dist/kit/adopter.js', import.meta.url));

const postgres = await startTestPostgres();
afterAll(() => postgres?.close());

it.skipIf(!postgres)(
  `each user's coins are taken over once, with their numbers and digits, through ${kills} kills (-9) of who does it, seed ${seed}`,
  { timeout: 120_000 + kills * 20_000 },
  async () => {
    if (!postgres) throw new Error('no server');
    await postgres.createDatabase('portfolio_service');
    const { host, port, user, password } = postgres;
    const server = { host, port, user, password, database: 'portfolio_service', migrationsFolder, ...patience };
    const { db, close } = await openServerPostgres({ ...server, log: silentLogger(), clock });
    const real = await openTestBooks({ db, close, ping: async () => undefined }, undefined, 'unsaid');
    const users = (kills + 1) * answersEach * 3;
    const owners: Awaited<ReturnType<typeof real.portfolio>>[] = [];
    for (let at = 0; at < users; at++) owners.push(await real.portfolio('tracking'));
    // Paper money has some of the numbers already.
    for (let at = 0; at < 20; at++) {
      const paper = await real.portfolio('paper');
      await real.books.funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '100' });
    }

    const folder = await temporaryFolder();
    const ownersFile = join(folder.path, 'owners.json');
    await writeFile(ownersFile, JSON.stringify(owners));
    const random = createRandom(seed);
    const answers = new Map<string, Set<string>>();
    let reached = 0;
    const start = () => {
      // Some users before the last that was answered: those are asked for once more.
      const asked = { server, ownersFile, coinsEach, first: Math.max(0, reached - 5) };
      const adopter = startProcess(process.execPath, [program, JSON.stringify(asked)], {});
      return { ...adopter, answers: () => adopter.out().match(/^(user \d+|begun) .*$/gm) ?? [] };
    };
    const note = (lines: readonly string[]) => {
      for (const line of lines) {
        const [, what = '', number = '0', answer = ''] = /^(begun|user (\d+)) (.*)$/.exec(line) ?? [];
        answers.set(what, (answers.get(what) ?? new Set()).add(answer));
        reached = Math.max(reached, Number(number));
      }
    };
    // Two at a time, who come for the same users.
    for (let count = 0; count < kills; count++) {
      const adopters = [start(), start()];
      const enough = Math.ceil(random() * answersEach);
      const isEnough = () => adopters.some((one) => one.answers().length >= enough);
      await eventually('they take over', isEnough, 60_000);
      await Promise.all(adopters.map((one) => one.end('SIGKILL')));
      for (const one of adopters) note(one.answers());
    }
    const last = start();
    await last.waitFor(/^done$/m, 120_000);
    note(last.answers());

    expect([...answers].filter(([, given]) => given.size > 1)).toEqual([]);
    expect(answers.size).toBe(1 + users);
    for (const [at, owner] of owners.entries()) {
      const { version, balances } = await real.books.readings.balances(owner.portfolioId, owner.userId);
      expect(version).toBe(coinsEach);
      expect(balances.map(({ id, via, available }) => `${id} ${via} ${available}`)).toEqual(
        Array.from({ length: coinsEach }, (_, coin) => {
          const quantity = `${at}.${coin + 1}`.replace(/0+$/, '');
          return `${at * coinsEach + coin + 1} c${coin}usdt ${quantity}`;
        }),
      );
    }
    expect(await faultsIn(db)).toEqual([]);
    await close();
    await folder.remove();
  },
);
