import { sleep, systemClock } from '@tickfolio/lib/clock';
import type { BenchContext, Benchmark } from '../measure/benchmark.js';
import type { Child } from '../measure/child.js';
import { none, percent, short, times, whole } from '../measure/table.js';
import { coreShare, cpuBetween } from '../measure/usage.js';
import type { DeliveryBff } from './bff.js';
import type { DeliveryClients } from './clients.js';
import type { DeliveryFloor } from './floor.js';
import type { Pace } from './load.js';

export const jwtSecret = 'a secret of the benchmark only, and long enough';
const warmUpMs = 1_500;
/** Frame length of the floor while the BFF's is not known yet. */
const usualFrameBytes = 1_500;

/** One phase of one server. */
interface Phase {
  readonly framesPerSecond: number;
  /** CPU of the server process for each frame that arrived. */
  readonly usPerFrame: number;
  readonly coreShare: number;
  readonly p50: number;
  readonly p99: number;
  readonly frameBytes: number;
  readonly ticksPerSecond: number;
}

type Server = Pick<Child<DeliveryFloor>, 'ask'> | Pick<Child<DeliveryBff>, 'ask'>;

const measure = async (
  server: Server,
  clients: Child<DeliveryClients>,
  pace: Pace,
  users: number,
  seconds: number,
): Promise<Phase> => {
  const ask = server.ask as Child<DeliveryFloor>['ask'];
  await clients.ask('report', pace === 'saturated');
  await ask('setPace', pace);
  await sleep(systemClock, warmUpMs);
  // In the middle of a second, so that a burst is either in or out.
  await sleep(systemClock, (1_500 - (Date.now() % 1_000)) % 1_000);
  await clients.ask('begin');
  const from = await ask('usage', false);
  await sleep(systemClock, seconds * 1_000);
  const [to, seen] = await Promise.all([ask('usage', false), clients.ask('end')]);
  await ask('setPace', 'none');
  if (seen.open !== users || seen.lost > 0)
    throw new Error(`${seen.lost} connections were lost, ${seen.open} of ${users} are open`);
  if (seen.frames === 0) throw new Error('no frame arrived');
  if (pace !== 'still' && seen.unstamped > seen.frames / 100)
    throw new Error(`${seen.unstamped} of ${seen.frames} frames carry no time`);
  return {
    framesPerSecond: seen.frames / seen.seconds,
    usPerFrame: cpuBetween(from, to) / seen.frames,
    coreShare: coreShare(from, to),
    p50: seen.latency.p50,
    p99: seen.latency.p99,
    frameBytes: seen.bytes / seen.frames,
    ticksPerSecond: (to.ticks - from.ticks) / seen.seconds,
  };
};

/** The pace, or what is special besides. */
type PhaseName = Pace | typeof withDeaf;

interface Measured {
  readonly phases: ReadonlyMap<PhaseName, Phase>;
  readonly rssPerConnection: number;
  readonly opensPerSecond: number;
}

// Saturated first: it lets the compiler finish with the code that is measured next.
const paces: readonly Pace[] = ['saturated', 'spread', 'burst'];
/**
 * Further away than the end of a run: frames for changes only, so that a client gets exactly as many as prices make.
 */
const changesOnly = 600_000;
const withDeaf = 'spread with 1 in 20 deaf';
/** A client that reads nothing is closed after some 25 s. */
const maxDeafSeconds = 10;
/** The default of the BFF. */
const everySecond = 1_000;

const measureServer = async (
  { say, seconds }: BenchContext,
  name: string,
  server: Server,
  clients: Child<DeliveryClients>,
  port: number,
  users: number,
  secret: string | null,
  ownPaces = paces,
): Promise<Measured> => {
  const ask = server.ask as Child<DeliveryFloor>['ask'];
  clients.onReport((frames) => void ask('progress', frames).catch(() => undefined));
  const empty = await ask('usage', true);
  say(`${name}: opening ${users} connections`);
  const openMs = await clients.ask('open', port, users, secret);
  const phases = new Map<PhaseName, Phase>();
  let rssPerConnection = Number.NaN;
  for (const pace of ownPaces) {
    say(`${name}: ${users} clients, ${pace}`);
    phases.set(pace, await measure(server, clients, pace, users, seconds));
    if (pace === 'spread') rssPerConnection = ((await ask('usage', true)).rssBytes - empty.rssBytes) / users;
  }
  if (secret !== null && ownPaces.includes('spread')) {
    say(`${name}: ${users} clients, ${withDeaf}`);
    await clients.ask('deafen', Math.ceil(users / 20));
    phases.set(withDeaf, await measure(server, clients, 'spread', users, Math.min(seconds, maxDeafSeconds)));
  }
  await clients.ask('closeAll');
  return { phases, rssPerConnection, opensPerSecond: (users * 1_000) / openMs };
};

const measureSize = async (context: BenchContext, users: number) => {
  const { children } = context;
  const clients = children.start<DeliveryClients>('delivery/clients.js');
  const measureBff = async (frameEveryMs: number, ownPaces: readonly Pace[]) => {
    const bff = children.start<DeliveryBff>('delivery/bff.js');
    const port = await bff.ask('start', users, jwtSecret, frameEveryMs, null);
    const measured = await measureServer(context, 'bff', bff, clients, port, users, jwtSecret, ownPaces);
    await bff.close();
    return measured;
  };
  const ours = await measureBff(changesOnly, paces);
  const still = await measureBff(everySecond, ['still']);
  const frameBytes = Math.round(ours.phases.get('spread')?.frameBytes ?? usualFrameBytes);
  const bare = children.start<DeliveryFloor>('delivery/floor.js');
  const floor = await measureServer(context, 'floor', bare, clients, await bare.ask('start', frameBytes), users, null);
  await children.close();
  return { users, ours: { ...ours, phases: new Map([...ours.phases, ...still.phases]) }, floor };
};

const rowsOf = ({ users, ours, floor }: Awaited<ReturnType<typeof measureSize>>): string[][] =>
  [...ours.phases].flatMap(([pace, own]) => {
    const bare = floor.phases.get(pace);
    const row = (name: string, phase: Phase, { rssPerConnection, opensPerSecond }: Measured, ratio: string) => [
      `${whole(users)} ${pace}, ${name}`,
      whole(phase.framesPerSecond),
      short(phase.usPerFrame),
      ratio,
      percent(phase.coreShare),
      pace === 'still' ? none : short(phase.p50),
      pace === 'still' ? none : short(phase.p99),
      pace === 'spread' ? short(rssPerConnection / 1_024) : none,
      pace === 'saturated' ? whole(opensPerSecond) : none,
      whole(phase.frameBytes),
    ];
    if (!bare) return [row('BFF', own, ours, none)];
    return [row('BFF', own, ours, times(own.usPerFrame / bare.usPerFrame)), row('bare ws', bare, floor, 'floor')];
  });

export const delivery: Benchmark = {
  name: 'delivery',
  about: 'prices to WebSocket clients: frames a second, CPU and memory for each, and delay, against bare ws',
  run: async (context) => {
    const sizes = [];
    for (const users of context.clients) sizes.push(await measureSize(context, users));
    return {
      title: 'delivery: from the price bus to the clients, one BFF process',
      columns: [
        'clients',
        'frames/s',
        'CPU us/frame',
        'of floor',
        'core',
        'p50 ms',
        'p99 ms',
        'RSS KB/client',
        'opens/s',
        'bytes',
      ],
      rows: sizes.flatMap(rowsOf),
      notes: [
        'Each client is a user with a portfolio of 10 coins, 300 symbols in all. `spread`: every symbol once a second, spread over it, which is one frame a second and client; `burst`: all 300 at the turn of the second; `saturated`: as fast as the frames arrive at the clients, at most one of each client on its way from the BFF; `still`: no price moves, and each client gets the frame that it is owed every second (in the other rows frames are for changes alone, so that they can be counted).',
        '`spread with 1 in 20 deaf`: as `spread`, while every twentieth client reads nothing. Goal: the 99th percentile of the others is no more than twice that of `spread`, or 100 ms above it.',
        'Delay is from the price being published to the frame in the client; the BFF waits 5 ms of it for more prices (`pushWindowMs`), bare ws waits for nothing.',
        'CPU is of the whole server process: reading the prices, valuing, writing; bare ws sends ready-made frames of the same length.',
      ],
    };
  },
};
