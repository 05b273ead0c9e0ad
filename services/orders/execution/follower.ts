import type { TapePart } from '@tickfolio/gen/market/v1/tape';
import { type Clock, sleep, type Timer } from '@tickfolio/lib/clock';
import { AppError, toAppError } from '@tickfolio/lib/errors';
import { fromPostgresError } from '@tickfolio/lib/postgres';
import { createBackoff } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import { isElsewhere, type TapeClient } from '../market/tape-client.js';
import type { Reference } from '../rules/order.js';
import { referenceOf } from '../store/order-plan.js';
import { type CatchUp, tooFarBackOf } from './catch-up.js';
import type { ExecutionLimits } from './limits.js';
import { createMeanPrice } from './mean-price.js';
import { BeginAgain, TapeRun, type TapeRunDeps } from './tape-run.js';
import { createWindows } from './windows.js';

export interface FollowerDeps extends Omit<TapeRunDeps, 'limits'> {
  readonly client: TapeClient;
  readonly catchUp: CatchUp;
  readonly clock: Clock;
  readonly log: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Over how many minutes the exchange takes its mean price. */
  readonly meanMinutes: () => number;
}

/** Follows one symbol for as long as it is not closed. */
export interface Follower {
  /**
   * @param proven whether silence is proven first, where it is quiet
   * @returns undefined where no trade of it is known in time
   * @throws AppError unavailable while none can be had, or no proof
   */
  reference(proven?: boolean): Promise<Reference | undefined>;
  /** Why its trades cannot be had, in words; undefined while they can. */
  readonly problem: string | undefined;
  /** Nothing is open here, and nobody asked for so long. */
  isIdle(): boolean;
  close(): Promise<void>;
}

/** The exchange asks for no longer mean. */
const maxMeanMinutes = 15;
const pollMs = 50;
/** The first pause where another replica has to be asked; by chance, so that symbols do not take turns in step. */
const elsewhereMs = 40;
const maxElsewhere = 8;

const away = (words: string) => new AppError('unavailable', words, { retryAfterMs: 1_000 });

/** One stream, and what is written of it. */
interface Link {
  readonly run: TapeRun;
  readonly stop: AbortController;
  /** Up to which id trades were known when it began; undefined while that was not said. */
  knownId: number | undefined;
  isLive: boolean;
}

export const startFollower = (deps: FollowerDeps, limits: ExecutionLimits): Follower => {
  const { client, catchUp, clock, log, random, tape, store } = deps;
  const { symbol, venue } = tape;
  const stop = new AbortController();
  const mean = createMeanPrice(maxMeanMinutes);
  const backoff = createBackoff({ ...limits, leastShare: 0.2, random });
  const waiting = new Set<() => void>();
  let link: Link | undefined;
  let problem: string | undefined;
  let askedMs = clock.monotonic();
  let isFirst = true;
  /** When something of now was heard, by a clock that nobody sets; and the exchange time of which all is known. */
  let [newsMs, heardMs] = [Number.NEGATIVE_INFINITY, 0];
  /** Orders, as far as it was seen. */
  let open = 0;
  /** One after the other: what is told, what is stored because it is time, and because somebody asks. */
  let tail: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work);
    tail = done.catch(() => undefined);
    return done;
  };
  const changed = () => {
    for (const look of [...waiting]) look();
  };
  const isEager = () => clock.monotonic() - askedMs < limits.eagerMs;

  const follow = async (jumps: boolean): Promise<void> => {
    const end = new AbortController();
    const signal = AbortSignal.any([stop.signal, end.signal]);
    let failure: unknown;
    const fail = (thrown: unknown) => {
      failure ??= thrown;
      end.abort();
    };
    const windows = createWindows(clock, (throughMs) => client.prove(symbol, throughMs, signal), limits);
    let current: Link | undefined;
    let storing: Timer | undefined;
    let heard: Timer | undefined;
    const hear = (ms: number, words: string) => {
      heard?.cancel();
      heard = clock.after(ms, () => fail(away(words)));
    };
    const looked = () => {
      if (!current) return;
      const { run } = current;
      open = run.orders.length;
      // A price that is first asked for when something is filled comes too late for it.
      for (const { feeAsset, quoteAsset } of run.orders) if (feeAsset !== null) deps.priceOf(feeAsset, quoteAsset);
      if (run.position) windows.look(run.orders, run.position);
    };
    const storeSoon = () => {
      storing ??= clock.after(isEager() ? limits.eagerStoreMs : limits.storeMs, () => {
        storing = undefined;
        if (current && !signal.aborted) void inTurn(current.run.store.bind(current.run)).then(looked, fail);
      });
    };
    const looking = clock.every(limits.lookMs, () => {
      if (current?.isLive && isEager()) void inTurn(current.run.look.bind(current.run)).then(looked, fail);
    });
    const askKnown = async (of: Link) => {
      // What is known there now is told at once, without asking the exchange.
      const { lastTradeId } = await client.prove(symbol, 0, signal);
      of.knownId = lastTradeId;
    };
    const live = async (of: Link, part: TapePart) => {
      const through = of.run.throughId;
      const hasAll = part.watermarkMs > 0 || (of.knownId !== undefined && (through ?? -1) >= of.knownId);
      if (through === undefined || !hasAll) {
        if (part.trades.length === 0) await askKnown(of);
        return;
      }
      await inTurn(() => of.run.store());
      of.isLive = true;
      problem = undefined;
      backoff.reset();
      looked();
      changed();
    };
    const told = async (of: Link, part: TapePart) => {
      const fresh = await inTurn(() => of.run.take(part));
      mean.add(fresh, part.renumbered);
      // What comes before it is live is of before.
      if (of.isLive && (fresh.length > 0 || part.watermarkMs > heardMs)) newsMs = clock.monotonic();
      heardMs = Math.max(heardMs, part.watermarkMs);
      if (of.run.isUrgent) await inTurn(() => of.run.store()).then(looked);
      else storeSoon();
      if (!of.isLive) await live(of, part);
    };
    /** @returns whether the stream is of another kind of prices than it was thought to be */
    const read = async (run: TapeRun, simulated: boolean): Promise<boolean | undefined> => {
      const { afterTradeId } = run;
      let heartbeatMs = 0;
      hear(limits.firstMessageMs, 'no trades came in time');
      for await (const part of client.follow({ symbol, venue, afterTradeId }, signal)) {
        if (part.heartbeatMs) heartbeatMs = part.heartbeatMs;
        if (heartbeatMs > 0) hear(heartbeatMs * limits.silentHeartbeats, 'no trades were heard of');
        if (part.simulated !== undefined) {
          if (part.simulated !== simulated) return part.simulated;
          mean.turn(simulated);
          current = { run, stop: end, knownId: undefined, isLive: false };
          link = current;
          await askKnown(current);
        }
        if (current) await told(current, part);
      }
      return undefined;
    };
    try {
      let simulated = (await store.orders(tape, false)).position?.simulated ?? false;
      for (let tries = 2; tries > 0; tries--) {
        const state = await store.orders(tape, simulated);
        open = state.orders.length;
        const run = new TapeRun({ ...deps, limits }, state, simulated, jumps);
        const other = await read(run, simulated).catch(async (thrown: unknown) => {
          const far = tooFarBackOf(thrown);
          if (!far) throw thrown;
          heard?.cancel();
          if (current) current.isLive = false;
          problem = 'what was traded meanwhile is looked up';
          if (run.orders.length > 0) await inTurn(() => catchUp(run, far, signal));
          else isFirst = true;
          throw new BeginAgain('it goes on from there');
        });
        if (other === undefined) break;
        simulated = other;
      }
    } catch (thrown) {
      failure ??= thrown;
    } finally {
      end.abort();
      looking.cancel();
      storing?.cancel();
      heard?.cancel();
      windows.close();
      if (link === current) link = undefined;
      await tail;
    }
    if (stop.signal.aborted) return;
    throw failure ?? away('The stream of trades was ended.');
  };

  const pauseAfter = (thrown: unknown, elsewhere: number): number => {
    if (thrown instanceof BeginAgain) return limits.minRetryMs * random();
    if (isElsewhere(thrown) && elsewhere <= maxElsewhere) return elsewhereMs * random();
    const error = toAppError(fromPostgresError(thrown));
    problem = error.message;
    if (error.code === 'internal') log.error({ err: error, symbol }, 'a tape cannot be followed');
    else if (backoff.failures === 3) log.warn({ symbol, reason: error.message }, 'a tape cannot be followed');
    return backoff.next();
  };
  const goOn = async () => {
    for (let elsewhere = 0; !stop.signal.aborted; ) {
      try {
        await follow(isFirst);
      } catch (thrown) {
        isFirst = isFirst && thrown instanceof BeginAgain && open === 0;
        elsewhere = isElsewhere(thrown) ? elsewhere + 1 : 0;
        const pauseMs = pauseAfter(thrown, elsewhere);
        if (elsewhere > maxElsewhere) elsewhere = 0;
        changed();
        await sleep(clock, pauseMs, stop.signal);
      }
    }
  };
  const going = goOn();

  /** Until it is so, or for as long as who asks waits. */
  const until = async (isSo: () => boolean): Promise<void> => {
    const late = new AbortController();
    const timer = clock.after(limits.referenceMs, () => {
      late.abort();
      changed();
    });
    while (!isSo() && !late.signal.aborted && !stop.signal.aborted)
      await new Promise<void>((resolve) => {
        const look = () => {
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      });
    timer.cancel();
  };
  /** Where another replica writes, it is waited for. */
  const stored = async ({ run }: Link, provenMs: number): Promise<void> => {
    // What is told while it is waited for is later than who asks.
    const toldId = run.throughId ?? -1;
    await inTurn(() => run.store());
    for (let leftMs = limits.referenceMs; !run.isStored(toldId, provenMs) && leftMs > 0; leftMs -= pollMs) {
      await sleep(clock, pollMs, stop.signal);
      await inTurn(() => run.store());
    }
    if (!run.isStored(toldId, provenMs)) throw away('It is not stored yet how far trades were looked at.');
  };

  /**
   * How far it is proven now that there is no more trade; 0 where something of now was just heard. How far that is only
   * the exchange's history says: no clock of here does.
   */
  const provenNow = async (): Promise<number> => {
    if (clock.monotonic() - newsMs < limits.quietMs) return 0;
    try {
      return (await client.prove(symbol, Number.MAX_SAFE_INTEGER, stop.signal)).watermarkMs;
    } catch (thrown) {
      throw away(`It is not known how far trades are known: ${toAppError(thrown).message}`);
    }
  };

  return {
    reference: async (proven = false) => {
      askedMs = clock.monotonic();
      await until(() => link?.isLive === true);
      const now = link;
      if (!now?.isLive) {
        if (problem !== undefined) throw away(problem);
        return undefined;
      }
      try {
        await stored(now, proven ? await provenNow() : 0);
      } catch (thrown) {
        if (thrown instanceof BeginAgain) now.stop.abort();
        throw thrown instanceof BeginAgain ? away('What is traded is looked up anew.') : thrown;
      }
      const { position } = now.run;
      const meanPrice = mean.over(deps.meanMinutes());
      askedMs = clock.monotonic();
      return position && { ...referenceOf(position), ...(meanPrice ? { meanPrice } : {}) };
    },
    get problem() {
      return problem;
    },
    isIdle: () => open === 0 && clock.monotonic() - askedMs > limits.idleMs,
    close: async () => {
      stop.abort();
      changed();
      await going;
    },
  };
};
