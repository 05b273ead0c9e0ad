import { sleep, systemClock } from '@tickfolio/lib/clock';
import type { BenchContext, Benchmark } from '../measure/benchmark.js';
import type { Child } from '../measure/child.js';
import type { LatencySummary } from '../measure/latencies.js';
import { percent, short, times, whole } from '../measure/table.js';
import { coreShare, cpuBetween } from '../measure/usage.js';
import type { TradesAggregator } from './aggregator.js';
import type { TradesExchange } from './exchange.js';
import type { TradesFloorAggregator } from './floor-aggregator.js';
import type { TradesFloorSocket } from './floor-socket.js';
import { tradeSymbols } from './load.js';
import type { TradesSocket } from './socket.js';

/** Trades a second; 0: as many as go through. */
const rates = [0, 2_000, 10_000] as const;
const warmUpMs = 1_500;
/** Slow enough for anything, and every symbol trades within a moment. */
const openingRate = 1_000;
const openWithinMs = 30_000;
const settleMs = 300;
/** What is on its way when the sending stops has so long to arrive, on a machine with other work too. */
const arriveWithinMs = 10_000;

interface Chain {
  readonly exchange: Child<TradesExchange>;
  readonly socket: Child<TradesSocket>;
  readonly aggregator: Child<TradesAggregator>;
}

interface Phase {
  readonly perSecond: number;
  readonly socketUs: number;
  readonly aggregatorUs: number;
  readonly socketCore: number;
  readonly aggregatorCore: number;
  readonly latency: LatencySummary;
}

const measure = async ({ exchange, socket, aggregator }: Chain, rate: number, seconds: number): Promise<Phase> => {
  await aggregator.ask('reset', rate === 0);
  await exchange.ask('send', rate);
  await sleep(systemClock, warmUpMs);
  await aggregator.ask('begin');
  const from = await Promise.all([aggregator.ask('usage'), socket.ask('usage')]);
  await sleep(systemClock, seconds * 1_000);
  const to = await Promise.all([aggregator.ask('usage'), socket.ask('usage')]);
  const { latency, incomplete } = await aggregator.ask('end');
  const sent = await exchange.ask('stop');
  await sleep(systemClock, settleMs);
  const giveUpAt = performance.now() + arriveWithinMs;
  let { trades } = await aggregator.ask('usage');
  while (trades < sent && performance.now() < giveUpAt) {
    await sleep(systemClock, 100);
    ({ trades } = await aggregator.ask('usage'));
  }
  if (trades !== sent) throw new Error(`${sent} trades were sent and ${trades} arrived`);
  if (incomplete > 0) throw new Error(`${incomplete} seconds were published incomplete or again`);
  const measured = to[0].trades - from[0].trades;
  return {
    perSecond: (measured * 1_000) / (to[0].atMs - from[0].atMs),
    socketUs: cpuBetween(from[1], to[1]) / measured,
    aggregatorUs: cpuBetween(from[0], to[0]) / measured,
    socketCore: coreShare(from[1], to[1]),
    aggregatorCore: coreShare(from[0], to[0]),
    latency,
  };
};

const measureChain = async ({ say, seconds }: BenchContext, name: string, chain: Chain): Promise<Phase[]> => {
  const { exchange, socket, aggregator } = chain;
  aggregator.onReport(([count = 0]) => void exchange.ask('progress', count).catch(() => undefined));
  await aggregator.ask(
    'start',
    await socket.ask('start', await exchange.ask('start', tradeSymbols)),
    tradeSymbols,
    null,
  );
  await exchange.ask('send', openingRate);
  const giveUpAt = performance.now() + openWithinMs;
  while ((await aggregator.ask('live')) < tradeSymbols.length) {
    if (performance.now() > giveUpAt) throw new Error(`the feeds of ${name} did not open within ${openWithinMs} ms`);
    await sleep(systemClock, 100);
  }
  await exchange.ask('stop');
  await sleep(systemClock, settleMs);
  const phases: Phase[] = [];
  for (const rate of rates) {
    say(`${name}: ${rate === 0 ? 'as many trades as go through' : `${rate} trades/s`}`);
    phases.push(await measure(chain, rate, seconds));
  }
  return phases;
};

export const trades: Benchmark = {
  name: 'trades',
  about: 'exchange frames through socket, gRPC and aggregator to seconds on the price bus, against bare ws and grpc-js',
  run: async (context) => {
    const { children } = context;
    const ours = await measureChain(context, 'socket and aggregator', {
      exchange: children.start<TradesExchange>('trades/exchange.js'),
      socket: children.start<TradesSocket>('trades/socket.js'),
      aggregator: children.start<TradesAggregator>('trades/aggregator.js'),
    });
    await children.close();
    const floor = await measureChain(context, 'floor', {
      exchange: children.start<TradesExchange>('trades/exchange.js'),
      // The same tasks, done by the least code that does them.
      socket: children.start<TradesFloorSocket>('trades/floor-socket.js') as unknown as Child<TradesSocket>,
      aggregator: children.start<TradesFloorAggregator>(
        'trades/floor-aggregator.js',
      ) as unknown as Child<TradesAggregator>,
    });
    const rows = rates.flatMap((rate, i) => {
      const [own, bare] = [ours[i], floor[i]];
      if (!own || !bare) return [];
      const row = (name: string, phase: Phase, socketRatio: string, aggregatorRatio: string) => [
        `${rate === 0 ? 'saturated' : `${whole(rate)}/s`}, ${name}`,
        whole(phase.perSecond),
        short(phase.socketUs),
        socketRatio,
        percent(phase.socketCore),
        short(phase.aggregatorUs),
        aggregatorRatio,
        percent(phase.aggregatorCore),
        short(phase.latency.p50),
        short(phase.latency.p99),
      ];
      return [
        row('ours', own, times(own.socketUs / bare.socketUs), times(own.aggregatorUs / bare.aggregatorUs)),
        row('bare', bare, 'floor', 'floor'),
      ];
    });
    const [saturated] = ours;
    const perCore = (us: number | undefined) => whole(1e6 / (us ?? Number.NaN));
    return {
      title: 'trades: from exchange frames to seconds on the price bus',
      columns: [
        'load',
        'trades/s',
        'socket us',
        'of floor',
        'core',
        'aggregator us',
        'of floor',
        'core',
        'p50 ms',
        'p99 ms',
      ],
      rows,
      notes: [
        `One full core would take ${perCore(saturated?.socketUs)} trades/s in the socket service and ${perCore(saturated?.aggregatorUs)} in the aggregator, by their CPU for each trade when saturated; together with the exchange they are three processes.`,
        'Delay of ours is from the end of a second (trade time) to its last price on the price bus, alone or in the SecondStat: what the path adds to the one-second window, the 10 ms it may wait for late trades included. Delay of the floor is from a frame being sent to its JSON being parsed at the end of the chain.',
        `${tradeSymbols.length} symbols. The floor is bare ws, bare grpc-js in the same batches (100 frames or 5 ms), one JSON.parse a frame on each side. Every trade sent was counted at the end, none twice.`,
      ],
    };
  },
};
