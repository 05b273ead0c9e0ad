import type { ConsumerConfig, Kafka } from 'kafkajs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createManualClock } from '../../clock/clock.js';
import { createMetrics, silentLogger } from '../../telemetry/telemetry.js';
import type { KafkaAdmin } from './admin.js';
import { kafkaLimits } from './limits.js';
import { startKafkaMembership } from './membership.js';

afterEach(() => vi.restoreAllMocks());

const topic = 'shares';

/** A member whose consumers a test speaks for: what Kafka would tell them is told by `emit`. */
const build = () => {
  const clock = createManualClock();
  const told: string[] = [];
  const consumers: { emit(event: string, payload?: object): void; joins(): void; shows(): boolean }[] = [];
  /** When kafkajs sent a heartbeat last. */
  const lastMs = Date.now();
  const consumer = ({ partitionAssigners: [assigner] = [], heartbeatInterval = 0 }: ConsumerConfig) => {
    const listeners = new Map<string, (event: object) => void>();
    consumers.push({
      emit: (event, payload = {}) => listeners.get(event)?.({ payload }),
      shows: () => Date.now() >= lastMs + heartbeatInterval,
      joins: () =>
        void assigner?.({ cluster: {} as never, groupId: '', logger: {} as never }).protocol({ topics: [topic] }),
    });
    const names = ['REQUEST', 'HEARTBEAT', 'REBALANCING', 'GROUP_JOIN', 'CRASH'];
    return {
      events: Object.fromEntries(names.map((name) => [name, name])),
      on: (event: string, listener: (event: object) => void) => void listeners.set(event, listener),
      connect: async () => undefined,
      subscribe: async () => undefined,
      run: async () => undefined,
      disconnect: async () => undefined,
    };
  };
  const admin: Pick<KafkaAdmin, 'ready' | 'check' | 'doubtTopics'> = {
    ready: async () => undefined,
    check: async () => undefined,
    doubtTopics: () => undefined,
  };
  const deps = {
    connect: () => ({ consumer }) as unknown as Kafka,
    where: 'Kafka',
    clock,
    log: silentLogger(),
    metrics: createMetrics('test'),
    limits: kafkaLimits,
  };
  const membership = startKafkaMembership(deps, admin as KafkaAdmin, {
    topic,
    group: 'sharers',
    member: {
      revoking: async () => void told.push('revoking'),
      assigned: (partitions, kept) => void told.push(`assigned ${[...partitions]} kept ${[...kept]}`),
    },
  });
  const join = (index: number, memberId: string, partitions: readonly number[]) =>
    consumers[index]?.emit('GROUP_JOIN', { memberId, memberAssignment: { [topic]: partitions } });
  return { clock, told, consumers, membership, join };
};

describe('a member of a Kafka group', () => {
  it('keeps its partitions when a consumer that it gave up hears of others', async () => {
    const { told, consumers, membership, join } = build();
    join(0, 'one', [0, 1, 2]);
    consumers[0]?.emit('CRASH', { error: new Error('gone'), restart: false });
    expect(consumers).toHaveLength(2);
    join(1, 'two', [0, 1]);
    join(0, 'one', [2]);
    consumers[0]?.emit('CRASH', { error: new Error('gone'), restart: false });
    expect([...membership.partitions]).toEqual([0, 1]);
    expect(told).toEqual(['assigned 0,1,2 kept ', 'assigned 0,1 kept ']);
    expect(consumers).toHaveLength(2);
    expect(() => consumers[0]?.joins()).toThrow();
    await membership.close();
  });

  it('shows itself as often as ever, and is not surer of what it has, where the clock of its computer is set back by an hour', async () => {
    const { clock, consumers, membership, join } = build();
    join(0, 'one', [0]);
    const [one] = consumers;
    const beats = (duration: number) => {
      one?.emit('REQUEST', { apiName: 'Heartbeat', duration });
      one?.emit('HEARTBEAT');
    };
    expect(one?.shows()).toBe(true);
    beats(5);
    expect(one?.shows()).toBe(false);
    const real = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000);
    clock.advance(kafkaLimits.memberHeartbeatMs);
    expect(one?.shows()).toBe(true);
    beats(-3_600_000 + 5);
    expect(one?.shows()).toBe(false);
    // It stood still for longer than its session: what it was granted then is over.
    const standstill = vi.spyOn(clock, 'monotonic').mockReturnValue(clock.monotonic() + kafkaLimits.memberSessionMs);
    expect(membership.certain).toBe(false);
    standstill.mockRestore();
    await membership.close();
  });

  it('ends its work once for a dealing, and anew for an attempt to join long after', async () => {
    const { clock, told, consumers, membership, join } = build();
    join(0, 'one', [0]);
    consumers[0]?.emit('REBALANCING');
    await clock.advanceAsync(10);
    consumers[0]?.joins();
    expect(told.slice(1)).toEqual(['revoking']);
    // Kafka was away meanwhile: the member may have gone on with what it has.
    await clock.advanceAsync(kafkaLimits.handoverMs);
    expect(() => consumers[0]?.joins()).toThrow();
    await clock.advanceAsync(10);
    consumers[0]?.joins();
    expect(told.slice(1)).toEqual(['revoking', 'revoking']);
    await membership.close();
  });
});
