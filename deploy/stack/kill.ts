import type { Person } from './person.js';
import type { Outage } from './promises.js';
import { faultsNow, readinessOf } from './readiness.js';
import { demand, type Stack } from './stack.js';
import type { Victim } from './victims.js';
import { eventually } from './wait.js';
import { held } from './walk-through.js';
import type { Watcher } from './watcher.js';

const namedMs = 30_000;
const recoverMs = 120_000;
const readyPollMs = 500;

/** What was seen of one kill; times from the start of the victim's container. */
export interface Killed {
  readonly victim: Victim;
  /** `bff: aggregator (…)` */
  readonly named: readonly string[];
  readonly pricesMs: number;
  readonly loginMs: number;
  readonly readyMs: number;
  readonly archiveMs: number;
}

const namings = (stack: Stack, { named, name }: Victim): Promise<string[]> =>
  Promise.all(
    named.map(({ by, as }) =>
      eventually(
        stack.clock,
        `/ready of ${by} names ${as} while ${name} is away`,
        async () => {
          const found = (await readinessOf(stack, by)).dependencies[as];
          return found?.status === 'down' ? `${by}: ${as}` : undefined;
        },
        { withinMs: namedMs, everyMs: readyPollMs },
      ),
    ),
  );

/** Kills one part with -9, holds what must hold while it is away, starts it and times what comes back by itself. @throws what did not hold */
export const killAndWatch = async (stack: Stack, person: Person, watcher: Watcher, victim: Victim): Promise<Killed> => {
  const { clock, compose } = stack;
  const before = { framesBefore: watcher.frames.length, cutsBefore: watcher.cuts() };
  await compose.kill(victim.name);
  const outage: Outage = { stack, person, watcher, killedAtMs: clock.now(), ...before };
  const named = await namings(stack, victim);
  for (const { words, check } of victim.keeps)
    await check(outage).catch((err: unknown) => {
      throw new Error(`${victim.name} away, ${words}: ${err instanceof Error ? err.message : err}`);
    });

  // The engine leaves a container stopped that was killed by hand, whatever its restart policy.
  if (!(await compose.isRunning(victim.name))) await compose.start(victim.name);
  const startedAtMs = clock.now();
  const from = watcher.frames.length;
  const timed = async (what: string, check: () => Promise<unknown> | unknown, everyMs?: number) => {
    const options = { withinMs: recoverMs, ...(everyMs === undefined ? {} : { everyMs }) };
    await eventually(clock, `${victim.name} is back, ${what}`, async () => ((await check()) ? true : undefined), options);
    return clock.now() - startedAtMs;
  };
  const isFresh = ({ pricedSinceMs = 0 }: { readonly pricedSinceMs: number | undefined }) => pricedSinceMs >= startedAtMs;
  const [pricesMs, loginMs, readyMs, archiveMs] = await Promise.all([
    timed('fresh prices', () => watcher.frames.slice(from).some(isFresh)),
    timed('login', async () => (await person.login()).status === 200, 1_000),
    timed('all ready', async () => (await faultsNow(stack)).length === 0, readyPollMs),
    timed('archiving', async () => (await stack.archive.count(startedAtMs)) > 0, readyPollMs),
  ]);
  const own = watcher.frames.slice(before.framesBefore);
  for (const frame of own.filter(({ connection }, at) => connection !== (own[at - 1]?.connection ?? connection)))
    demand(frame.holds === held, `${victim.name}: the first frame of a new connection holds "${frame.holds}"`);
  demand(watcher.faults.length === 0, `wrong totals: ${watcher.faults.slice(0, 3).join('; ')}`);
  return { victim, named, pricesMs, loginMs, readyMs, archiveMs };
};
