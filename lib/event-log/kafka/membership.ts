import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { sleep } from '../../clock/clock.js';
import { retrying } from '../../retry/retry.js';
import { dealPartitions, type GroupMember, type Membership, noPartitions } from '../membership.js';
import { watchSilence } from '../reading/silence-watch.js';
import type { KafkaAdmin } from './admin.js';
import { createHeartbeatPace, type KafkaDeps, rootOf, within } from './client.js';

/** kafkajs' own attempts at everything: with these it never gives its place in the group up because Kafka is away. */
const attempts = 100_000;
/**
 * How often this process shows itself that it runs, and the longest pause between two such moments that is nothing
 * unusual.
 */
const beatMs = 250;
const usualPauseMs = 1_000;
/** How long a heartbeat may be under way; so long before Kafka does we take our own session for over. */
const sessionMarginMs = 500;

const { MemberMetadata, MemberAssignment } = AssignerProtocol;

/** What kafkajs shows an assigner, besides what its types say. */
interface TopicMetadata {
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
}

/** The topic's partitions, and who says to have which of them. */
const claimsOf = (userData: Buffer): readonly number[] => {
  try {
    const claimed: unknown = JSON.parse(userData.toString());
    return Array.isArray(claimed) ? claimed.filter((partition) => Number.isSafeInteger(partition)) : [];
  } catch {
    return []; // A member of another make: it keeps what is dealt to it.
  }
};

/**
 * A member of a Kafka group that reads nothing. Kafka deals out only when every living member has joined again, which
 * each does after it has ended its work; a member that is silent for its session time is taken for dead.
 */
export const startKafkaMembership = (
  deps: KafkaDeps,
  admin: KafkaAdmin,
  { topic, group, member }: { readonly topic: string; readonly group: string; readonly member: GroupMember },
): Membership => {
  const { connect, where, clock, limits } = deps;
  const { memberSessionMs, memberHeartbeatMs } = limits;
  const log = deps.log.child({ topic, group });
  const who = `the member of group ${group}`;
  const closing = new AbortController();
  let partitions = noPartitions;
  let memberId: string | undefined;
  /**
   * When the last request that Kafka granted was sent: as long after it as a session lasts, the partitions are ours.
   */
  let grantedMs = Number.NEGATIVE_INFINITY;
  let requestedMs = 0;
  let lastBeatMs = clock.monotonic();
  let stoodStill = false;
  let joined = false;
  let revoking: { done: boolean; readonly untilMs: number } | undefined;

  const beat = () => {
    const nowMs = clock.monotonic();
    if (nowMs - lastBeatMs > usualPauseMs) stoodStill = true;
    lastBeatMs = nowMs;
  };
  const beating = clock.every(beatMs, beat);
  const isCertain = (): boolean => {
    beat();
    return !stoodStill || clock.monotonic() - grantedMs < memberSessionMs - sessionMarginMs;
  };
  const granted = () => {
    beat();
    grantedMs = requestedMs;
    // An answer from before a standstill proves nothing.
    if (clock.monotonic() - grantedMs < memberSessionMs - sessionMarginMs) stoodStill = false;
  };

  /**
   * Begins to end the work, once for each dealing, and again for an attempt long after. @returns whether joining must
   * wait for it.
   */
  const mustWait = (): boolean => {
    if (partitions.size === 0) return false;
    if (!revoking || (revoking.done && clock.monotonic() >= revoking.untilMs)) {
      const mine = { done: false, untilMs: clock.monotonic() + limits.handoverMs };
      revoking = mine;
      const ended = () => {
        mine.done = true;
      };
      member.revoking().then(ended, (err: unknown) => {
        log.error({ err }, `${who} could not end its work.`);
        ended();
      });
    }
    return !revoking.done && clock.monotonic() < revoking.untilMs;
  };
  const assignerOf =
    (isCurrent: () => boolean): PartitionAssigner =>
    ({ cluster }) => ({
      name: 'tickfolio-sticky',
      version: 1,
      protocol: ({ topics }) => {
        // Thrown into kafkajs' joining this makes it try again a little later; a consumer that was given up joins no
        // more.
        if (!isCurrent() || mustWait())
          throw Object.assign(new Error('Work is being ended.'), { type: 'REBALANCE_IN_PROGRESS' });
        const userData = Buffer.from(JSON.stringify([...partitions]));
        return { name: 'tickfolio-sticky', metadata: MemberMetadata.encode({ version: 1, topics, userData }) };
      },
      assign: async ({ members }) => {
        const all = (cluster as unknown as TopicMetadata)
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => partitionId);
        const claims = members.map((one) => ({
          memberId: one.memberId,
          partitions: claimsOf(MemberMetadata.decode(one.memberMetadata)?.userData ?? Buffer.alloc(0)),
        }));
        return [...dealPartitions(all, claims)].map(([id, dealt]) => ({
          memberId: id,
          memberAssignment: MemberAssignment.encode({
            version: 1,
            assignment: { [topic]: [...dealt] },
            userData: Buffer.alloc(0),
          }),
        }));
      },
    });

  /**
   * What it tells counts for as long as it is the one in use: one that was given up may be told of an assignment until
   * it is gone.
   */
  const open = () => {
    const isCurrent = (): boolean => own === consumer;
    const pace = createHeartbeatPace(clock, memberHeartbeatMs);
    const own = connect(attempts).consumer({
      groupId: group,
      partitionAssigners: [assignerOf(isCurrent)],
      sessionTimeout: memberSessionMs,
      heartbeatInterval: pace.interval,
      rebalanceTimeout: memberSessionMs,
      maxWaitTimeInMs: memberHeartbeatMs,
      allowAutoTopicCreation: false,
      retry: { retries: attempts, restartOnFailure: async () => isCurrent() && !closing.signal.aborted },
    });
    own.on(own.events.REQUEST, ({ payload: { apiName, duration } }) => {
      // By the wall clock: where that was set back meanwhile it says nothing of when the request was sent.
      if (isCurrent() && duration >= 0 && (apiName === 'Heartbeat' || apiName === 'SyncGroup'))
        requestedMs = clock.monotonic() - duration;
    });
    own.on(own.events.HEARTBEAT, () => {
      pace.beaten();
      if (!isCurrent()) return;
      watch.heard();
      joined = true;
      granted();
    });
    own.on(own.events.REBALANCING, () => {
      // Begun here, the end is often reached before joining asks for it.
      if (isCurrent()) mustWait();
    });
    own.on(own.events.GROUP_JOIN, ({ payload }) => {
      if (!isCurrent() || closing.signal.aborted) return;
      watch.heard();
      const next = new Set(payload.memberAssignment[topic] ?? []);
      // A new member id: the group had given the old member up, and others may have had its partitions.
      const stayed = payload.memberId === memberId;
      const kept = new Set(stayed ? [...next].filter((partition) => partitions.has(partition)) : []);
      memberId = payload.memberId;
      partitions = next;
      revoking = undefined;
      joined = true;
      granted();
      log.info({ partitions: next.size, kept: kept.size }, `Joined the group; ${next.size} partitions are ours.`);
      member.assigned(next, kept);
    });
    own.on(own.events.CRASH, ({ payload: { error, restart } }) => {
      if (!isCurrent() || closing.signal.aborted) return;
      joined = false;
      log.warn({ err: rootOf(error) }, `${who} lost ${where}; it keeps its partitions and joins again.`);
      if (!restart) reopen();
    });
    return own;
  };
  const start = async (own: ReturnType<typeof open>) => {
    await retrying(
      clock,
      limits,
      closing.signal,
      () => true,
      async () => {
        try {
          await admin.ready(closing.signal);
          if (closing.signal.aborted || own !== consumer) return;
          await own.connect();
          await own.subscribe({ topics: [topic] });
          await own.run({ autoCommit: false, eachBatch: async () => undefined });
        } catch (err) {
          log.warn({ err: rootOf(err) }, `${who} cannot begin yet; trying on.`);
          admin.doubtTopics();
          await own.disconnect().catch(() => undefined);
          throw err;
        }
      },
    );
  };
  const reopen = () => {
    joined = false;
    void consumer.disconnect().catch(() => undefined);
    consumer = open();
    watch.close();
    watch = watchGroup();
    started = start(consumer);
  };
  const watchGroup = () =>
    watchSilence({
      clock,
      silenceMs: limits.silenceMs,
      probe: async () => (await admin.check()) === undefined,
      dead: () => {
        log.error(`${who} heard nothing for ${limits.silenceMs} ms although ${where} answers; it joins anew.`);
        reopen();
      },
    });
  let watch = watchGroup();
  let consumer = open();
  let started = start(consumer);

  const close = async (until: AbortSignal | undefined) => {
    if (partitions.size > 0) {
      const ended = member.revoking().catch((err: unknown) => log.error({ err }, `${who} could not end its work.`));
      await within(clock, limits.handoverMs, who, ended, until).catch((err: unknown) =>
        log.debug({ err }, `${who} leaves before its work has ended.`),
      );
    }
    closing.abort();
    beating.cancel();
    watch.close();
    partitions = noPartitions;
    const leaving = Promise.race([started.catch(() => undefined), sleep(clock, limits.memberHeartbeatMs)]).then(() =>
      consumer.disconnect(),
    );
    await within(clock, limits.closeMs, where, leaving, until).catch((err: unknown) =>
      log.debug({ err }, `${who} left without a word.`),
    );
  };
  let closed: Promise<void> | undefined;

  return {
    get partitions() {
      return partitions;
    },
    get certain() {
      return isCertain();
    },
    problem: () => {
      if (closed) return `${who} has left`;
      if (!isCertain()) return `${who} stood still and has not heard from ${where} since`;
      if (!joined && partitions.size === 0) return `${who} has not heard from ${where} yet and has no partition`;
      const silentMs = watch.silentMs();
      return !joined || silentMs > memberSessionMs
        ? `${who} is cut off from ${where} and keeps its partitions`
        : undefined;
    },
    close: (until) => {
      closed ??= close(until);
      return closed;
    },
  };
};
