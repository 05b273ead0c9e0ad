import { unlessAborted } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import type { KafkaAdmin } from './admin.js';
import { type KafkaDeps, within } from './client.js';

/** kafkajs' own attempts; who asks tries again besides. */
const attempts = 2;

/**
 * Lets a group that has committed nothing begin at the newest message, by committing that place before anything is
 * read: Kafka's own rule for such groups would choose a new place after every cut until the first batch was handled.
 * Kafka takes commits of members only, so it joins for that moment.
 * @throws AppError `unavailable`
 */
export const beginAtNewest = async (
  deps: KafkaDeps,
  admin: KafkaAdmin,
  { topic, group, signal }: { readonly topic: string; readonly group: string; readonly signal: AbortSignal },
): Promise<void> => {
  const { connect, where, clock, limits } = deps;
  const places = async () => {
    const partitions = await admin.offsets(topic, group);
    return partitions.some(({ committed }) => committed !== undefined) ? [] : partitions;
  };
  if ((await places()).length === 0) return;
  const member = connect(attempts).consumer({
    groupId: group,
    sessionTimeout: limits.sessionTimeoutMs,
    heartbeatInterval: limits.heartbeatMs,
    rebalanceTimeout: limits.rebalanceTimeoutMs,
    maxWaitTimeInMs: limits.fetchWaitMs,
    allowAutoTopicCreation: false,
    retry: { retries: attempts, restartOnFailure: async () => false },
  });
  const joined = new Promise<void>((resolve, reject) => {
    member.on(member.events.GROUP_JOIN, () => resolve());
    member.on(member.events.CRASH, ({ payload }) => reject(payload.error));
  });
  // A crash after the first is of no more interest.
  joined.catch(() => undefined);
  const join = async () => {
    await member.connect();
    await member.subscribe({ topics: [topic], fromBeginning: true });
    await Promise.all([member.run({ autoCommit: false, eachBatch: async () => undefined }), joined]);
  };
  try {
    await unlessAborted(signal, within(clock, limits.rebalanceTimeoutMs, where, join()));
    const found = await places();
    if (found.length === 0) return;
    await member.commitOffsets(found.map(({ partition, next }) => ({ topic, partition, offset: next })));
    if ((await places()).length > 0) throw new AppError('unavailable', `${where} did not take where ${group} begins.`);
  } finally {
    await within(clock, limits.closeMs, where, member.disconnect()).catch(() => undefined);
  }
};
