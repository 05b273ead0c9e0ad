import { expect, it } from 'vitest';
import { systemClock } from '../clock/clock.js';
import { createMetrics, silentLogger } from '../telemetry/telemetry.js';
import { eventLogContract } from './event-log.contract.js';
import { createMemoryEventLog } from './memory/memory.js';
import { createRoutedEventLog } from './routed.js';

const open = () => createMemoryEventLog({ clock: systemClock, log: silentLogger(), metrics: createMetrics('test') });

for (const topic of ['elsewhere', 'here'])
  eventLogContract(
    `routed, a topic that lies ${topic}`,
    async () => {
      const eventLog = createRoutedEventLog({ eventLog: open(), others: { elsewhere: open() } });
      return { eventLog, topic, end: () => eventLog.close() };
    },
    { patienceMs: 30_000 },
  );

it('a routed log has each topic in one place, is well only where all are, and closes all', async () => {
  const [eventLog, elsewhere] = [open(), open()];
  const routed = createRoutedEventLog({ eventLog, others: { elsewhere } });
  await routed.append('elsewhere', [{ key: '', value: '1' }]);
  await routed.append('here', [{ key: '', value: '1' }]);
  const sizeIn = async (one: typeof routed, topic: string) =>
    (await one.offsets(topic)).reduce((sum, { next }) => sum + Number(next), 0);
  expect(await Promise.all([eventLog, elsewhere].map((one) => sizeIn(one, 'elsewhere')))).toEqual([0, 1]);
  expect(await Promise.all([eventLog, elsewhere].map((one) => sizeIn(one, 'here')))).toEqual([1, 0]);
  expect(await routed.check()).toBeUndefined();
  await elsewhere.close();
  expect(await routed.check()).toBe('is closed');
  await routed.close();
  expect(await eventLog.check()).toBe('is closed');
});
