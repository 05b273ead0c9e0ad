import { cpus, loadavg } from 'node:os';
import { sleep, systemClock } from '@tickfolio/lib/clock';
import { archive } from './archive/archive.js';
import { auth } from './auth/auth.js';
import { delivery } from './delivery/delivery.js';
import { fanOut } from './fan-out/fan-out.js';
import { frames } from './frames/frames.js';
import { history } from './history/history.js';
import { journey } from './journey.js';
import { matchingOrders } from './matching/matching.js';
import { createChildren } from './measure/child.js';
import { type BenchOptions, helpText, readOptions, UsageError } from './measure/options.js';
import { toMarkdown } from './measure/table.js';
import { money } from './money.js';
import { orders } from './orders/orders.js';
import { first } from './page/first.js';
import { markets } from './page/markets.js';
import { holdings, page } from './page/page.js';
import { memory } from './start/memory.js';
import { start } from './start/start.js';
import { trades } from './trades/trades.js';
import { turns } from './turns/turns.js';
import { valuation } from './valuation/valuation.js';

const benchmarks = [
  start,
  memory,
  first,
  page,
  holdings,
  markets,
  journey,
  frames,
  turns,
  orders,
  delivery,
  trades,
  archive,
  auth,
  history,
  fanOut,
  valuation,
  matchingOrders,
  money,
];
/** No run takes longer, whatever hangs. */
const maxRunMs = 30 * 60_000;

const machine = (): string => {
  const load = loadavg()[0] ?? 0;
  const date = new Date().toISOString().slice(0, 10);
  return `${cpus().length} cores, Node ${process.versions.node}, ${date}, load average ${load.toFixed(1)}`;
};

const runAll = async ({ names, ...options }: BenchOptions) => {
  process.stdout.write(`# Benchmarks\n\n${machine()}\n\n`);
  for (const { name, run } of benchmarks.filter((benchmark) => names.includes(benchmark.name))) {
    const children = createChildren(options.profile);
    const say = (text: string) => process.stderr.write(`${name}: ${text}\n`);
    const tooLong = sleep(systemClock, maxRunMs).then(() => Promise.reject(new Error('the run took too long')));
    try {
      process.stdout.write(`${toMarkdown(await Promise.race([run({ ...options, children, say }), tooLong]))}\n`);
    } finally {
      await children.close();
    }
  }
};

try {
  const options = readOptions(
    process.argv.slice(2),
    benchmarks.map(({ name }) => name),
  );
  if (options === 'help') process.stdout.write(helpText(benchmarks));
  else await runAll(options);
} catch (err) {
  process.stderr.write(
    err instanceof UsageError ? `${err.message}\nSee npm run bench -- --help\n` : `${String(err)}\n`,
  );
  process.exitCode = err instanceof UsageError ? 2 : 1;
}
