import { systemClock as clock, sleep } from '../../../clock/clock.js';
import { openPglite } from '../../../postgres/pglite/pglite.js';
import { createMetrics, silentLogger } from '../../../telemetry/telemetry.js';
import { createPostgresEventLog, migrationsFolder } from '../postgres.js';

// Started by the test of kills: appends without end, reads what it appends, and prints what was acknowledged, what it
// was handed, and how far the log says that the group has come.
const [folder = '', prefix = ''] = process.argv.slice(2);
const log = silentLogger();
const [topic, group] = ['prices', 'readers'];
const eventLog = createPostgresEventLog({
  database: openPglite({ folder, migrationsFolder, log, clock }),
  partitions: 1,
  clock,
  log,
  metrics: createMetrics('appender'),
});
const say = (...words: readonly unknown[]) => void process.stdout.write(`${words.join(' ')}\n`);

await eventLog.consume(
  topic,
  { group, minBatchMessages: 1, maxBatchMessages: 20, maxBatchWaitMs: 1 },
  async ({ messages }) => {
    for (const { offset } of messages) say('handled', offset);
  },
);
const appendOn = async (of: number) => {
  for (let number = 0; ; number++) {
    const values = Array.from({ length: (number % 5) + 1 }, (_, at) => `${prefix}-${of}-${number}-${at}`);
    await eventLog.append(
      topic,
      values.map((value) => ({ key: String(of), value })),
    );
    for (const value of values) say('appended', value);
  }
};
const tellCommits = async () => {
  for (;;) {
    const [partition] = await eventLog.offsets(topic, group);
    if (partition?.committed !== undefined) say('committed', partition.committed);
    await sleep(clock, 50);
  }
};
await Promise.all([appendOn(0), appendOn(1), tellCommits()]);
