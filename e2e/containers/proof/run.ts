import { eventually } from '@tickfolio/lib/kit/wait-until';
import { callersFirst } from '@tickfolio/services/registry';
import { createPerson, type Person } from '../client/person.js';
import { startWatcher, type Watcher } from '../client/watcher.js';
import { baseImage } from '../docker/compose.js';
import { demandHardened, imageSizes } from '../stack/images.js';
import { faultsNow } from '../stack/readiness.js';
import { demand, type Stack, seconds } from '../stack/stack.js';
import { killAndWatch, wholeMs } from './kill.js';
import { imageTable, killTable } from './report.js';
import { victims } from './victims.js';
import { demandJsonLines, demandLife, openAccount } from './walk-through.js';

const settleMs = 120_000;
/** The stop's own limit; what takes longer is cut short by the service itself, with another exit code. */
const graceMs = 10_000;

export interface RunDeps {
  readonly stack: Stack;
  /** `npm run audit` against the stack; resolves with what it printed. @throws when anything is missing or duplicate */
  readonly audit: () => Promise<string>;
  /** Whatever is opened besides the containers. */
  readonly own: (watcher: Watcher) => Watcher;
  /** Takes a table as soon as it is there, so that a failure later does not lose it. */
  readonly print: (markdown: string) => void;
}

const pickServices = async ({ compose, say }: Stack) => {
  const all = await compose.services();
  const others = all.filter(({ built }) => !built);
  const present = new Map<string, boolean>();
  for (const image of new Set(others.map((service) => service.image)))
    present.set(image, await compose.hasImage(image));
  const absent = others.filter(({ image }) => present.get(image) !== true);
  for (const { name, image } of absent)
    say(`Left out: ${name}, because its image ${image} is not here and cannot be pulled.`);
  const needed = absent.filter(({ profiles }) => !profiles.includes('tools'));
  demand(needed.length === 0, `nothing works without ${needed.map(({ image }) => image).join(', ')}`);
  return { ours: all.filter(({ built }) => built), up: all.filter((service) => !absent.includes(service)) };
};

/** Ends every service of ours by SIGTERM. @returns how long each took */
const stopInOrder = async (
  { clock, compose }: Stack,
  services: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const took = new Map<string, number>();
  for (const service of services) {
    const startMs = clock.monotonic();
    await compose.stop([service]);
    const ms = clock.monotonic() - startMs;
    took.set(service, ms);
    const code = await compose.exitCode(service);
    demand(code === '0' && ms < graceMs + 2_000, `${service} ended with ${code} after ${seconds(ms)} on SIGTERM`);
  }
  return took;
};

/** The whole proof, from the images to the table. @throws at the first thing that does not hold */
export const proveStack = async ({ stack, audit, own, print }: RunDeps): Promise<void> => {
  const { clock, compose, urls, say } = stack;
  const { ours, up } = await pickServices(stack);
  say(`Building ${ours.length} images ...`);
  await compose.build();
  const sizes = await imageSizes(compose, ours);
  const baseBytes = await compose.imageBytes(baseImage);

  say(`Starting ${up.length} containers ...`);
  const names = up.map(({ name }) => name);
  const startMs = clock.monotonic();
  await compose.up(names);
  const settled = () =>
    eventually('every /ready is well', async () => (await faultsNow(stack)).length === 0, settleMs, 500);
  await settled();
  say(`All healthy and ready after ${seconds(clock.monotonic() - startMs)}.`);
  for (const { name } of ours) await demandHardened(stack, name);
  say('No image holds an embedded store; each runs as its own user, cannot write and has no capabilities.');

  const person: Person = createPerson(urls.bff, 'alice', 'correct horse battery');
  await openAccount(person);
  const first = own(startWatcher(clock, urls.bff, person.token));
  const rows = await demandLife(stack, person, first);
  first.close();
  // The simulator speaks to whoever started it.
  for (const { name, profiles } of ours) if (!profiles.includes('sim')) await demandJsonLines(stack, name);
  say(`The walk-through works: account, coins, live frame, rows (${rows}), pages, logs.`);

  const stops = await stopInOrder(stack, callersFirst);
  await compose.down();
  await compose.up(names);
  await settled();
  demand((await person.login()).status === 200, 'the account is gone after down and up');
  const watcher = own(startWatcher(clock, urls.bff, person.token));
  const rowsAfter = await demandLife(stack, person, watcher);
  demand(rowsAfter >= rows, `of ${rows} rows ${rowsAfter} are left after down and up`);
  say(`Down and up keep account, portfolio and archive (${rowsAfter} rows).`);

  const kills = [];
  for (const victim of victims) {
    const killed = await killAndWatch(stack, person, watcher, victim);
    kills.push(killed);
    say(
      `Killed ${victim.name}: whole ${seconds(wholeMs(killed.afterOutage))} after its return, ${seconds(wholeMs(killed.afterCrash))} after a crash.`,
    );
  }
  await demandLife(stack, person, watcher);
  watcher.close();
  print(killTable(kills));
  print(`${watcher.frames.length} frames were watched, the totals of every one exact.`);
  const facts = ours.map(({ name }) => ({ service: name, bytes: sizes.get(name) ?? 0, stopMs: stops.get(name) ?? 0 }));
  print(imageTable(facts, baseBytes));

  // With nothing new coming in, what is archived can equal what Kafka holds.
  await compose.stop(['aggregator']);
  print((await audit()).trim());
};
