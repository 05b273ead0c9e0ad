import { clockToleranceMs, issuedAtMs } from '@tickfolio/lib/access-token';
import type { Clock } from '@tickfolio/lib/clock';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { AuthClient } from './auth-client.js';

/**
 * What time it is where access tokens are made, which is what they run out by: the time of the auth service's database.
 * Its answers tell it, and the monotonic clock carries it on, so that a clock that is wrong, here or there, or is set,
 * keeps nobody out and nobody in.
 */
export interface TokenClock {
  /** Epoch milliseconds, whole. Before it was told, the wall clock here is the best guess. */
  now(): number;
  /** It was one of those times there at one of those moments here, which are on the monotonic clock. */
  told(times: Span, moments: Span): void;
  /** How far it is ahead of the wall clock here, whole milliseconds; undefined until it was told. */
  readonly offsetMs: number | undefined;
}

/** From and to, in milliseconds. */
export type Span = readonly [fromMs: number, toMs: number];

export interface TokenClockDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** It is told again when it has come down to half of that: near the bound it would be told again and again. */
const [warnMs, mendedMs] = [clockToleranceMs, clockToleranceMs / 2];
const widthOf = ([from, to]: Span) => to - from;

export const createTokenClock = ({ clock, log, metrics }: TokenClockDeps): TokenClock => {
  /** Between which two the time there was at the monotonic clock's zero. */
  let zero: Span | undefined;
  let warned = false;

  /** How far it is ahead of the wall clock here: between the two. */
  const ahead = ([from, to]: Span): Span => {
    const hereMs = clock.now() - clock.monotonic();
    return [from - hereMs, to - hereMs];
  };
  /** None as long as the clock here may be right: it knows better than the middle of what may be. */
  const offset = () => {
    if (!zero) return undefined;
    const [from, to] = ahead(zero);
    return from <= 0 && to >= 0 ? 0 : Math.round((from + to) / 2);
  };
  const tell = (known: Span) => {
    const [from, to] = ahead(known);
    const surelyMs = Math.max(from, -to, 0);
    if (warned ? surelyMs > mendedMs : surelyMs <= warnMs) return;
    warned = !warned;
    const facts = { tokenClockOffsetMs: offset() };
    if (warned)
      log.warn(
        facts,
        "this computer's clock and that of the auth service's database differ; access tokens are judged by the latter",
      );
    else log.warn(facts, "this computer's clock agrees with that of the auth service's database again");
  };
  metrics.gauge({
    name: 'token_clock_offset_seconds',
    help: "The clock of the auth service's database minus this computer's; missing until it was told",
    collect() {
      const offsetMs = offset();
      if (offsetMs === undefined) this.remove();
      else this.set(offsetMs / 1_000);
    },
  });

  return {
    now: () => Math.floor(clock.now() + (offset() ?? 0)),
    told: ([fromMs, toMs], [beganMs, endedMs]) => {
      const heard: Span = [fromMs - endedMs, toMs - beganMs];
      const fits = zero !== undefined && heard[0] <= zero[1] && zero[0] <= heard[1];
      // The answer that was quickest is the surest. What cannot be true beside it says that the clock there was set.
      if (!zero || !fits || widthOf(heard) < widthOf(zero)) zero = heard;
      tell(zero);
    },
    get offsetMs() {
      return offset();
    },
  };
};

/** The same client; what its answers say of the time there is told to the clock. */
export const tellingTime = (
  auth: AuthClient,
  tokenClock: Pick<TokenClock, 'told'>,
  clock: Pick<Clock, 'monotonic'>,
): AuthClient => {
  const timed = async <T>(call: () => Promise<T>, timesOf: (answer: T) => Span | undefined): Promise<T> => {
    const beganMs = clock.monotonic();
    const answer = await call();
    const times = timesOf(answer);
    if (times) tokenClock.told(times, [beganMs, clock.monotonic()]);
    return answer;
  };
  /** A token says the whole second in which it was made. */
  const ofToken = (answer: Awaited<ReturnType<AuthClient['login']>>): Span | undefined => {
    const atMs = 'accessToken' in answer ? issuedAtMs(answer.accessToken) : undefined;
    return atMs === undefined ? undefined : [atMs, atMs + 1_000];
  };
  return {
    ...auth,
    login: (...of) => timed(() => auth.login(...of), ofToken),
    secondFactor: (...of) => timed(() => auth.secondFactor(...of), ofToken),
    loginWithPasskey: (...of) => timed(() => auth.loginWithPasskey(...of), ofToken),
    refresh: (...of) => timed(() => auth.refresh(...of), ofToken),
    // 0 where it does not say.
    endedSessions: (...of) =>
      timed(
        () => auth.endedSessions(...of),
        ({ asOfMs }) => (asOfMs > 0 ? [asOfMs, asOfMs + 1] : undefined),
      ),
  };
};
