import { eventually } from '@tickfolio/lib/kit/wait-until';
import type { Person } from '../client/person.js';
import type { Watcher } from '../client/watcher.js';
import { faultsNow, readinessOf } from '../stack/readiness.js';
import { demand, type Stack } from '../stack/stack.js';
import type { Outage } from './promises.js';
import type { Victim } from './victims.js';
import { held } from './walk-through.js';

const namedMs = 30_000;
const recoverMs = 120_000;
const restartMs = 60_000;
const readyPollMs = 500;
const framePollMs = 100;
/** Logins are limited per name. */
const loginPollMs = 1_000;

/** How long after its return (or its restart by the engine) everything was as before, step by step. */
export interface Recovery {
  readonly pricesMs: number;
  readonly loginMs: number;
  readonly readyMs: number;
  readonly archiveMs: number;
}

/** When the last of it was as before. */
export const wholeMs = ({ pricesMs, loginMs, readyMs, archiveMs }: Recovery): number =>
  Math.max(pricesMs, loginMs, readyMs, archiveMs);

/** What was seen of one victim. */
export interface Killed {
  readonly victim: Victim;
  /** `bff: aggregator` */
  readonly named: readonly string[];
  /** After an outage that somebody ended. */
  readonly afterOutage: Recovery;
  /** After a crash that nobody but the engine looked after. */
  readonly afterCrash: Recovery;
}

interface Scene {
  readonly stack: Stack;
  readonly person: Person;
  readonly watcher: Watcher;
}

const namings = (stack: Stack, { named, name }: Victim): Promise<string[]> =>
  Promise.all(
    named.map(({ by, as }) =>
      eventually(
        `/ready of ${by} names ${as} while ${name} is away`,
        async () => {
          const found = (await readinessOf(stack, by)).dependencies[as];
          return found?.status === 'down' ? `${by}: ${as}` : undefined;
        },
        namedMs,
        readyPollMs,
      ),
    ),
  );

/** Times what comes back by itself, from now on. @throws what does not */
const timeRecovery = async ({ stack, person, watcher }: Scene, what: string): Promise<Recovery> => {
  const { clock } = stack;
  const sinceMs = clock.now();
  const from = watcher.frames.length;
  const timed = async (step: string, check: () => Promise<boolean> | boolean, everyMs = framePollMs) => {
    await eventually(`${what}: ${step}`, async () => await check(), recoverMs, everyMs);
    return clock.now() - sinceMs;
  };
  const [pricesMs, loginMs, readyMs, archiveMs] = await Promise.all([
    timed('fresh prices', () => watcher.frames.slice(from).some(({ pricedSinceMs = 0 }) => pricedSinceMs >= sinceMs)),
    timed('login', async () => (await person.login()).status === 200, loginPollMs),
    timed('every /ready is well', async () => (await faultsNow(stack)).length === 0, readyPollMs),
    timed('archiving', async () => (await stack.archive.count(sinceMs)) > 0, readyPollMs),
  ]);
  return { pricesMs, loginMs, readyMs, archiveMs };
};

/**
 * Kills it and leaves it dead until everything was looked at. The engine restarts nothing that was killed through it.
 */
const sitOut = async (scene: Scene, victim: Victim): Promise<readonly string[]> => {
  const { stack, watcher } = scene;
  const { clock, compose } = stack;
  const before = { framesBefore: watcher.frames.length, cutsBefore: watcher.cuts() };
  await compose.kill(victim.name);
  const outage: Outage = { ...scene, killedAtMs: clock.now(), ...before };
  const named = await namings(stack, victim);
  for (const { words, check } of victim.keeps)
    await check(outage).catch((err: unknown) => {
      throw new Error(`${victim.name} away, ${words}: ${err instanceof Error ? err.message : err}`);
    });
  await compose.start(victim.name);
  return named;
};

/**
 * Kills its first process behind the engine's back, as a crash does, and waits until the engine has started it again.
 */
const crash = async ({ compose }: Stack, { name }: Victim): Promise<void> => {
  const before = await compose.restarts(name);
  await compose.crash(name);
  await eventually(
    `the engine restarts ${name}`,
    async () => (await compose.restarts(name)) > before,
    restartMs,
    readyPollMs,
  );
};

/**
 * Kills one part with -9, twice: for an outage in which what must hold is held to, and as a crash. @throws what did not
 * hold
 */
export const killAndWatch = async (stack: Stack, person: Person, watcher: Watcher, victim: Victim): Promise<Killed> => {
  const scene: Scene = { stack, person, watcher };
  const from = watcher.frames.length;
  const named = await sitOut(scene, victim);
  const afterOutage = await timeRecovery(scene, `${victim.name} is back`);
  await crash(stack, victim);
  const afterCrash = await timeRecovery(scene, `${victim.name} crashed`);
  const own = watcher.frames.slice(from);
  for (const frame of own.filter(({ connection }, at) => connection !== (own[at - 1]?.connection ?? connection)))
    demand(frame.holds === held, `${victim.name}: the first frame of a new connection holds "${frame.holds}"`);
  demand(watcher.faults.length === 0, `wrong totals: ${watcher.faults.slice(0, 3).join('; ')}`);
  return { victim, named, afterOutage, afterCrash };
};
