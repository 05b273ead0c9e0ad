import { afterAll, beforeAll, expect, it } from 'vitest';
import { callJson } from './test-client.js';
import { browser, createAccount, signIn, startRun, withPage } from './test-page.js';

// What 200 coins cost the browser, from its own trace. CPU time is asserted; it does not depend on what else the machine does.

let run: Awaited<ReturnType<typeof startRun>>;
beforeAll(async () => {
  if (browser) run = await startRun({ MAX_COINS: '300' });
});
afterAll(() => run?.close());

const coins = 200;
const seconds = 6;
/** One sixtieth of a second. */
const pictureMs = 1_000 / 60;

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Work of the main thread that is not part of other work. */
const wholeTask = 'RunTask';

const readTrace = (bytes: Buffer) => {
  const { traceEvents } = JSON.parse(bytes.toString()) as { traceEvents: readonly TraceEvent[] };
  const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const tasksOf = ({ pid, tid }: TraceEvent) =>
    traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.name === wholeTask);
  const cpuMs = (events: readonly TraceEvent[]) => events.reduce((sum, { tdur, dur }) => sum + (tdur ?? dur ?? 0), 0) / 1_000;
  const [tasks = []] = mains.map(tasksOf).sort((a, b) => cpuMs(b) - cpuMs(a));
  const drawn = traceEvents.filter(({ name }) => name === 'DrawFrame');
  const span = (Math.max(...tasks.map(({ ts }) => ts)) - Math.min(...tasks.map(({ ts }) => ts))) / 1_000;
  const slow = tasks.map(({ tdur, dur }) => (tdur ?? dur ?? 0) / 1_000).filter((ms) => ms > pictureMs);
  // What the page's own script does before a picture: taking a frame in and telling the document.
  const scripts = traceEvents
    .filter(({ name }) => name === 'FireAnimationFrame')
    .map((event) => cpuMs([event]))
    .sort((a, b) => a - b);
  return { script: scripts[Math.floor(scripts.length / 2)] ?? 0, cpuMs: cpuMs(tasks), spanMs: span, drawn: drawn.length, slow };
};

it.skipIf(!browser)('draws once per push and leaves room for 60 pictures a second with 200 coins ticking', async () => {
  const list = await callJson(run.base, 'GET', '/api/v1/symbols');
  const symbols = (list.body.Symbols as readonly { readonly Symbol: string }[]).slice(0, coins);
  expect(symbols).toHaveLength(coins);
  const account = await createAccount(run.base, Object.fromEntries(symbols.map(({ Symbol: symbol }) => [symbol, '1.25'])));
  await withPage({}, async ({ page }) => {
    let frames = 0;
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => void (String(payload).includes('TotalValue') && frames++)),
    );
    await signIn(page, run.base, account);
    await page
      .locator('tbody tr')
      .nth(coins - 1)
      .waitFor();
    await page.waitForTimeout(5_000);
    // Every change of the document by React comes in one go, which an observer is told about once.
    await page.evaluate(`(() => {
      window.commits = 0;
      new MutationObserver(() => window.commits++).observe(document.getElementById('page'), { subtree: true, childList: true, characterData: true, attributes: true });
    })()`);
    await browser?.startTracing(page, {
      categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'disabled-by-default-devtools.timeline.frame'],
    });
    frames = 0;
    const commitsBefore = (await page.evaluate('window.commits')) as number;
    await page.waitForTimeout(seconds * 1_000);
    const commits = ((await page.evaluate('window.commits')) as number) - commitsBefore;
    const pushes = frames;
    const bytes = await browser?.stopTracing();
    if (!bytes) throw new Error('no trace');
    const { script, cpuMs, spanMs, drawn, slow } = readTrace(bytes);
    const busy = cpuMs / spanMs;
    process.stdout.write(
      `200 coins, ${(spanMs / 1_000).toFixed(1)} s: ${pushes} pushes, ${commits} renders, ${drawn} pictures; main thread ${(100 * busy).toFixed(0)} % of one core, ` +
        `${(cpuMs / pushes).toFixed(1)} ms a push with its flashes (script ${script.toFixed(1)} ms), ${slow.length} tasks over ${pictureMs.toFixed(1)} ms (longest ${Math.max(0, ...slow).toFixed(1)} ms)\n`,
    );
    expect(pushes).toBeGreaterThan(seconds - 2);
    // A range that was drawn anew by its own clock may come on top.
    expect(commits).toBeLessThanOrEqual(pushes + 2);
    expect(script).toBeLessThan(pictureMs);
    // The rest of the second is for pictures.
    expect(busy).toBeLessThan(0.5);
  });
});
