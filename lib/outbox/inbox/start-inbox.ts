import { waitUntil } from '../../clock/clock.js';
import { fromPostgresError, inBackground } from '../../postgres/postgres.js';
import { detached } from '../../tracing/tracing.js';
import { startConsuming } from './consuming.js';
import { type IntakeDeps, type IntakeOptions, startIntake } from './intake.js';
import { readKept } from './taking/incoming.js';
import type { ParkedStream } from './taking/parked.js';
import { beatUntil } from './taking/take.js';

/** Takes in what other services tell. */
export interface Inbox {
  /** For /ready: what keeps events from being taken in, parked streams among it; undefined where nothing does. */
  problem(): string | undefined;
  /** Settles only when a consumer of the log died for good: who depends on it should end. */
  readonly failed: Promise<Error>;
  /**
   * Has a user erased whose deletion the service knows of before it is told. What is told of the user later, that too, is
   * left out.
   */
  erase(userId: string): Promise<void>;
  /** Lets what is being taken in end, no longer than until the signal; it stays its owner's to close the log. */
  close(until?: AbortSignal): Promise<void>;
}

export interface InboxOptions extends IntakeOptions {
  /** Of the log, for the first topic; others have one each. All replicas of the service share them. */
  readonly group: string;
}

/** How often it is looked for streams that are parked or released. */
const lookMs = 10_000;
/** Then streams of other sources have their turn: an owner that does not answer is waited for with each stream. */
const turnMs = 5_000;
const forgetMs = 3_600_000;

/**
 * Starts taking events in, each once, in the order of its stream: first all that the owners have, then the log from
 * where the group is. What is missing is fetched from its owner; what can never be taken in goes to the dead letters and
 * parks its stream. Several replicas may.
 */
export const startInbox = (deps: IntakeDeps, options: InboxOptions): Inbox => {
  const { clock, log, eventLog } = deps;
  const closing = new AbortController();
  const { signal } = closing;
  const intake = startIntake(deps, options, signal);
  const { batches, readings, filling, take, parked, parking, erasedUsers } = intake;
  const consuming = startConsuming({ clock, log, eventLog, intake, signal }, options.group, options.topics);

  /** In the background, and not beside itself. */
  const once = (work: () => Promise<void>, words: string) => {
    let running: Promise<void> | undefined;
    return {
      run: () => {
        running ??= detached(() => inBackground(work))
          .catch((err: unknown) => log.debug({ err: fromPostgresError(err) }, words))
          .finally(() => {
            running = undefined;
          });
      },
      over: async () => running,
    };
  };
  const takeKept = async ({ topic: name, source, body }: ParkedStream) => {
    const topic = options.topics.find((one) => one.topic.name === name && !one.owner);
    const event = topic && body !== null ? readKept(topic, source, body) : undefined;
    if (event) await take([event], beatUntil(signal));
  };
  /** By source, the stream that was tried last: those behind it are not to wait for one that cannot go on. */
  const triedLast = new Map<string, string>();
  const goOnWith = async (of: ParkedStream) => {
    triedLast.set(of.source, of.stream);
    try {
      if (of.body === null) await filling.whole(of, beatUntil(signal));
      else await takeKept(of);
      await parked.goneOn(of);
    } catch (err) {
      log.debug({ err: fromPostgresError(err), stream: of.stream }, 'a released stream could not go on yet');
    }
  };
  const goOnOf = async (source: string) => {
    const untilMs = clock.monotonic() + turnMs;
    for (const of of await parked.released(source, triedLast.get(source))) {
      await goOnWith(of);
      if (clock.monotonic() >= untilMs) return;
    }
  };
  const goOn = async () => {
    for (const reading of readings.values()) await reading.look();
    for (const source of await parked.releasedSources()) await goOnOf(source);
    await parking.look();
  };
  const look = once(goOn, 'parked streams could not be looked at');
  const forget = once(erasedUsers.forgetOld, 'erased users could not be forgotten');
  look.run();
  const timers = [clock.every(lookMs, look.run), clock.every(forgetMs, forget.run)];

  return {
    problem: () =>
      [
        batches.problem(),
        ...[...readings.values()].map((reading) => reading.problem()),
        consuming.problem(),
        parking.problem(),
      ]
        .filter((one) => one !== undefined)
        .join('; ') || undefined,
    failed: consuming.failed,
    erase: intake.erase,
    close: async (until) => {
      closing.abort();
      for (const timer of timers) timer.cancel();
      await consuming.close(until);
      const rest = [...readings.values(), look, forget].map((one) => one.over());
      await waitUntil(until, Promise.all(rest));
    },
  };
};
