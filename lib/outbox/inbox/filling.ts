import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import type { Database } from '../../postgres/postgres.js';
import { bounded } from '../bounded.js';
import type { EventsAsked, ListedEvents } from '../list-events.js';
import type { ConsumedTopic } from './taking/consumed-topic.js';
import { following, type Incoming, readListed } from './taking/incoming.js';
import type { InboxMetrics } from './taking/metrics.js';
import type { createEmpty } from './taking/piece.js';
import { type createStandings, standingOf } from './taking/standings.js';
import type { Beat, Bury, Take } from './taking/take.js';

/** For how long an owner is waited for; then the events that wait for it come again. */
const answerMs = 5_000;
/** Of one answer. */
const pageEvents = 100;

export type AskOwner = (of: ConsumedTopic, asked: EventsAsked, limit?: number) => Promise<ListedEvents>;

/** @throws AppError unavailable where the owner does not say within a bound */
export const createAskOwner =
  (clock: Clock): AskOwner =>
  async ({ topic, owner }, asked, limit = pageEvents) => {
    if (!owner) throw new AppError('internal', `Nobody can be asked for events of ${topic.source}.`);
    return bounded(clock, answerMs, `The owner of the events of ${topic.source}`, owner(asked, limit));
  };

export interface FillingDeps {
  readonly db: Database;
  readonly standings: ReturnType<typeof createStandings>;
  readonly ask: AskOwner;
  readonly take: Take;
  readonly empty: ReturnType<typeof createEmpty>;
  readonly park: (event: Incoming, reason: string) => Promise<void>;
  readonly bury: Bury;
  /** All topics of a source. */
  readonly topicsOf: (source: string) => readonly ConsumedTopic[];
  readonly epochOf: (source: string) => number;
  /** A source was seen to be of a higher epoch. */
  readonly raise: (source: string, epoch: number) => Promise<void>;
  readonly metrics: InboxMetrics;
}

/** Takes in what is missing of single streams, as their owner has it in its own table. */
export interface Filling {
  /** Everything before this event. Where its owner has never had that, the stream is parked. */
  before(event: Incoming, beat: Beat): Promise<void>;
  /** Everything that the owner has of a stream, anew where it was restored from a backup. */
  whole(of: { readonly stream: string; readonly source: string }, beat: Beat): Promise<void>;
}

export const createFilling = (deps: FillingDeps): Filling => {
  const { db, standings, ask, take, empty, park, bury, topicsOf, epochOf, raise, metrics } = deps;
  const standingIn = async (of: { readonly stream: string; readonly source: string }) =>
    standingOf(await standings.read(db, [of]), of.stream);
  const endOf = ({ stream }: ListedEvents) => {
    if (!stream) throw new AppError('internal', 'The owner of a stream did not say where it ends.');
    return stream;
  };
  const listed = async (of: ConsumedTopic, texts: readonly string[]) => {
    const { events, dead } = readListed(topicsOf(of.topic.source), texts, of);
    if (dead.length > 0) await bury(of, dead);
    return events;
  };
  return {
    before: async (event, beat) => {
      const { of, stream, source, epoch, version } = event;
      if (!of.owner) {
        await park(event, 'events before it are missing, and nobody can be asked for them');
        return;
      }
      let lastAt = -1;
      for (;;) {
        const standing = await standingIn(event);
        const at = standing.epoch === epoch ? standing.version : 0;
        if (standing.isParked || standing.epoch > epoch || at >= version - 1 || at === lastAt) return;
        lastAt = at;
        const answer = await ask(of, { stream, fromVersion: at + 1 });
        const end = endOf(answer);
        if (end.epoch > epoch) await raise(source, end.epoch);
        if (end.epoch !== epoch) throw new AppError('unavailable', `${source} was restored from a backup meanwhile.`);
        if (end.lastVersion > 0 && end.lastVersion < version) {
          await park(event, `its owner has no more than ${end.lastVersion} events of the stream`);
          return;
        }
        const found = await listed(of, answer.events);
        const missing = following(
          found.filter((one) => one.version > at && one.version < version),
          at,
        );
        if (missing.length === 0) {
          // What was between is erased at its owner; and where all of the stream is, this event too.
          const isGone = end.lastVersion === 0;
          const rest = isGone ? { ...event, event: undefined, fault: undefined } : event;
          await take([{ ...rest, follows: at }], { beat });
          return;
        }
        await take(missing, { beat });
        metrics.repaired(of.topic.name, missing.length);
      }
    },
    whole: async (of, beat) => {
      const [topic] = topicsOf(of.source);
      if (!topic?.owner) return;
      for (;;) {
        const standing = await standingIn(of);
        const goesOn = standing.epoch > 0 && standing.epoch >= epochOf(of.source);
        const at = goesOn ? standing.version : 0;
        const answer = await ask(topic, { stream: of.stream, fromVersion: at + 1 });
        const end = endOf(answer);
        if (end.epoch > epochOf(of.source)) await raise(of.source, end.epoch);
        if (goesOn && end.epoch > standing.epoch) continue;
        if (end.lastVersion === 0) {
          await empty(of, end.epoch);
          return;
        }
        const events = following(
          (await listed(topic, answer.events)).filter(({ stream }) => stream === of.stream),
          at,
        );
        if (events.length === 0) return;
        await take(events, { beat });
        const after = await standingIn(of);
        if (after.isParked || (after.epoch === standing.epoch && after.version === standing.version)) return;
      }
    },
  };
};
