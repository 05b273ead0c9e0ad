import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startAllInOne } from '../kit/all-in-one.js';
import { callJson, signUp } from '../kit/client.js';

const sockets = 1_000;
const deaf = 50;
const users = 20;

const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;

/** The newest second of which a frame has a price; epoch seconds. */
const newestSecond = (text: string): number => {
  const { Coins } = JSON.parse(text) as { readonly Coins: readonly { readonly PriceTime: string | null }[] };
  return Math.max(
    0,
    ...Coins.map(({ PriceTime }) => (PriceTime === null ? 0 : Math.floor(Date.parse(PriceTime) / 1_000))),
  );
};

it('1,000 sockets of which 50 read nothing: the others stay on time, the memory stays bounded, the deaf ones are closed', async () => {
  const folder = await temporaryFolder();
  const one = await startAllInOne(folder.path, { MAX_SOCKETS_PER_USER: '60' });
  const opened: WebSocket[] = [];
  try {
    const people = await Promise.all(Array.from({ length: users }, () => signUp(one.base)));
    // A wide portfolio makes frames large enough to fill the buffers of those that do not read.
    const held = [
      'btcusdt',
      'ethusdt',
      'bnbusdt',
      'solusdt',
      'xrpusdt',
      'adausdt',
      'dogeusdt',
      'ltcusdt',
      'linkusdt',
      'dotusdt',
    ];
    for (const person of people) for (const symbol of held) await person.addCoin(symbol, '1.23456789');
    const url = `${one.base.replace('http', 'ws')}/api/v1/ws`;
    /** Those of the phase that is measured. */
    let delays: number[] | undefined;
    const open = (index: number) =>
      new Promise<WebSocket>((resolve, reject) => {
        const socket = new WebSocket(url, { headers: { authorization: `Bearer ${people[index % users]?.token()}` } });
        let shown = Number.POSITIVE_INFINITY;
        socket.on('message', (text) => {
          const newest = newestSecond(String(text));
          // From the end of the second to its price, so that a push that is held up counts, however late its frame is
          // made.
          if (newest > shown) delays?.push(Date.now() - (newest + 1) * 1_000);
          shown = newest;
        });
        socket.once('open', () => resolve(socket));
        socket.once('error', reject);
        opened.push(socket);
      });
    for (let from = 0; from < sockets; from += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => open(from + index)));
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const memory = async () =>
      Number(
        /process_resident_memory_bytes (\d+)/.exec(
          String((await callJson(one.base, 'GET', '/metrics')).body.text),
        )?.[1],
      ) / 1_048_576;
    const delaysFor = async (ms: number): Promise<number[]> => {
      const found: number[] = [];
      delays = found;
      await wait(ms);
      delays = undefined;
      return found;
    };
    await wait(1_000);
    let memoryBefore = 0;
    /** With all reading, then with some that do not. */
    const look = async (silent: readonly WebSocket[]) => {
      const before = await delaysFor(5_000);
      memoryBefore ||= await memory();
      for (const socket of silent) socket.pause();
      await wait(3_000);
      const after = await delaysFor(10_000);
      const [p99Before, p99After] = [percentile(before, 0.99), percentile(after, 0.99)];
      console.log(
        `delay p99 ${p99Before} ms with all reading (${before.length} frames), ${p99After} ms with ${deaf} deaf (${after.length} frames); memory ${memoryBefore.toFixed(0)} -> ${(await memory()).toFixed(0)} MiB`,
      );
      // Flat: not slower by more than the noise of a busy two-core machine.
      return p99After < Math.max(2 * p99Before, p99Before + 100) && after.length > before.length;
    };
    let isFlat = false;
    // Deaf ones hold the others up each time, or never; something else that the machine has to do does not.
    for (let round = 0; round < 3 && !isFlat; round++) {
      for (const socket of opened) socket.resume();
      isFlat = await look(opened.slice(round * deaf, (round + 1) * deaf));
    }
    expect(isFlat).toBe(true);
    expect((await memory()) - memoryBefore).toBeLessThan(150);
    await eventually(
      'the deaf sockets are closed',
      async () =>
        /tickfolio_bff_\w*sockets\w* (950|9[0-4]\d|8[5-9]\d)\b/.test(
          String((await callJson(one.base, 'GET', '/metrics')).body.text),
        )
          ? true
          : undefined,
      90_000,
    );
  } finally {
    for (const socket of opened) socket.terminate();
    await one.process.end('SIGTERM');
    await folder.remove();
  }
}, 180_000);
