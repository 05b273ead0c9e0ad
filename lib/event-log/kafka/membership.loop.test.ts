import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { becomes } from '../../kit/becomes.js';
import { startTestKafka, type TestKafka } from '../../kit/kafka.js';
import { startProgram } from '../../kit/process.js';
import { joinRecorded, membershipContract } from '../membership.contract.js';
import { openKafkaLog, quickLimits } from './kit/log.js';

const servers = await Promise.all([startTestKafka('4.1.0'), startTestKafka('3.9.1')]);
afterAll(() => Promise.all(servers.map((server) => server?.close())));

const program = 'lib/dist/event-log/kafka/kit/member.js';
const patienceMs = 30_000;

interface Line {
  readonly at: number;
  readonly working?: readonly number[];
  readonly kept?: readonly number[];
  readonly certain?: boolean;
}

/** A member that is a process of its own. */
const startMember = (kafka: TestKafka, topic: string) => {
  const child = startProgram(program, {}, kafka.brokers[0] ?? '', topic);
  const lines = (): Line[] =>
    child
      .out()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  return {
    lines,
    working: () => lines().findLast(({ working }) => working)?.working ?? [],
    kill: (signal: NodeJS.Signals) => child.send(signal),
  };
};

for (const server of servers) {
  if (!server) continue;
  membershipContract(
    `kafka ${server.version}`,
    async () => {
      const topic = `shares-${randomUUID()}`;
      const logs = new Set<ReturnType<typeof openKafkaLog>>();
      return {
        topic,
        open: () => {
          const opened = openKafkaLog(server.brokers, { topic });
          logs.add(opened);
          return opened.eventLog;
        },
        end: async () => {
          await Promise.all([...logs].map(({ eventLog }) => eventLog.close()));
        },
      };
    },
    30_000,
  );
}

const groups = (kafka: TestKafka) => {
  it('moves the shares of a killed member when its session is over', { timeout: 120_000 }, async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers, { topic: `shares-${randomUUID()}` });
    const one = joinRecorded(eventLog, topic);
    await becomes(() => one.working.size, 3, patienceMs);
    const other = startMember(kafka, topic);
    await becomes(() => [one.working.size, other.working().length], [2, 1], patienceMs);
    other.kill('SIGKILL');
    await becomes(() => one.working.size, 3, patienceMs);
    await eventLog.close();
  });

  it('a member that stood still longer than its session is not sure of anything until it is in the group again', {
    timeout: 120_000,
  }, async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers, { topic: `shares-${randomUUID()}` });
    const one = joinRecorded(eventLog, topic);
    await becomes(() => one.working.size, 3, patienceMs);
    const other = startMember(kafka, topic);
    await becomes(() => other.working().length, 1, patienceMs);
    other.kill('SIGSTOP');
    await becomes(() => one.working.size, 3, patienceMs);
    await new Promise((resolve) => setTimeout(resolve, quickLimits.memberSessionMs));
    const woken = Date.now();
    const before = other.lines().length;
    other.kill('SIGCONT');
    await becomes(
      () => [
        one.working.size,
        other
          .lines()
          .slice(before)
          .some(({ kept }) => kept !== undefined),
      ],
      [2, true],
      patienceMs,
    );
    const since = other
      .lines()
      .slice(before)
      .filter(({ at }) => at >= woken);
    const joined = since.findIndex(({ kept }) => kept);
    expect(since.slice(0, joined).filter(({ certain }) => certain)).toEqual([]);
    expect(since[joined]).toMatchObject({ working: [expect.any(Number)], kept: [] });
    await becomes(() => other.lines().at(-1)?.certain, true, patienceMs);
    other.kill('SIGKILL');
    await eventLog.close();
  });

  it('keeps what it has while Kafka is away, says so, and goes on undisturbed when it is back', {
    timeout: 120_000,
  }, async () => {
    const { eventLog, topic } = openKafkaLog(kafka.brokers, { topic: `shares-${randomUUID()}` });
    const one = joinRecorded(eventLog, topic);
    await becomes(() => one.working.size, 3, patienceMs);
    await kafka.kill();
    await becomes(
      () => one.membership.problem(),
      `the member of group sharers is cut off from Kafka at ${kafka.brokers[0]} and keeps its partitions`,
      patienceMs,
    );
    expect([one.working.size, one.membership.certain]).toEqual([3, true]);
    await kafka.restart();
    await becomes(() => one.membership.problem(), undefined, 45_000);
    expect([one.working.size, one.membership.certain]).toEqual([3, true]);
    await eventLog.close();
  });

  it('keeps what it has, and reads on, where the clock of its computer is set back by an hour', {
    timeout: 120_000,
  }, async () => {
    const { eventLog, topic, lines } = openKafkaLog(kafka.brokers, { topic: `shares-${randomUUID()}` });
    const one = joinRecorded(eventLog, topic);
    const read: string[] = [];
    const consume = { group: 'readers', minBatchMessages: 1, maxBatchMessages: 10, maxBatchWaitMs: 10 };
    const reader = await eventLog.consume(topic, consume, async ({ messages }) => {
      read.push(...messages.map(({ key }) => key));
    });
    await eventLog.append(topic, [{ key: 'before', value: 'before' }]);
    await becomes(() => [one.working.size, read], [3, ['before']], patienceMs);
    const joins = () => lines.filter((line) => line.startsWith('Joined')).length;
    const joinsBefore = joins();
    const real = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000);
    try {
      // Both would be taken for dead meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 2 * (quickLimits.memberSessionMs ?? 0)));
      await eventLog.append(topic, [{ key: 'later', value: 'later' }]);
      await becomes(() => read, ['before', 'later'], patienceMs);
      await becomes(() => reader.lag().catch(() => undefined), 0, patienceMs);
    } finally {
      vi.restoreAllMocks();
    }
    expect([one.working.size, one.told, one.membership.problem()]).toEqual([3, ['assigned 0,1,2 kept '], undefined]);
    expect(joins()).toBe(joinsBefore);
    await eventLog.close();
  });

  it('has nothing until it has heard from Kafka', async () => {
    const { eventLog, topic } = openKafkaLog(['127.0.0.1:1'], { limits: { closeMs: 100 } });
    const one = joinRecorded(eventLog, topic);
    expect(one.membership.problem()).toBe(
      'the member of group sharers has not heard from Kafka at 127.0.0.1:1 yet and has no partition',
    );
    await eventLog.close();
    expect(one.told).toEqual([]);
  });
};

const [newest] = servers;
describe.runIf(newest)('kafka members', () => {
  if (newest) groups(newest);
});
