import { startTestKafka } from '@tickfolio/lib/event-log/test-kafka';
import type { ArchiveEngine, ArchiveRun } from './archive-engine.js';
import type { Benchmark } from './benchmark.js';
import type { Child } from './child.js';
import { short, times, whole } from './table.js';

const batchRows = 10_000;
/** What a second of measuring is taken to be, in rows. */
const rowsPerSecond = 100_000;

export const archive: Benchmark = {
  name: 'archive',
  about: 'rows per second from the event log through the archiver into the embedded ClickHouse, against bare inserts',
  run: async ({ children, say, seconds }) => {
    const rows = seconds * rowsPerSecond;
    /** Each in a process of its own, so that none pays for what another left behind. */
    const measure = async (ask: (engine: Child<ArchiveEngine>) => Promise<ArchiveRun>): Promise<ArchiveRun> => {
      const engine = children.start<ArchiveEngine>('archive-engine.js');
      await engine.ask('bare', batchRows * 5, batchRows);
      const run = await ask(engine);
      await engine.close();
      return run;
    };
    say(`${whole(rows)} rows by bare inserts of ${whole(batchRows)}`);
    const bare = await measure((engine) => engine.ask('bare', rows, batchRows));
    say('the same through the archiver, from the log in memory');
    const memory = await measure((engine) => engine.ask('archive', rows, batchRows, null));
    const kafka = await startTestKafka();
    let real: ArchiveRun | undefined;
    if (kafka) {
      try {
        say('filling Kafka');
        const filler = children.start<ArchiveEngine>('archive-engine.js');
        await filler.ask('fill', rows, kafka.brokers);
        await filler.close();
        say('the same through the archiver, from Kafka');
        real = await measure((engine) => engine.ask('archive', rows, batchRows, kafka.brokers));
      } finally {
        await kafka.close();
      }
    }
    const row = (name: string, run: ArchiveRun) => [
      name,
      whole(run.rowsPerSecond),
      times(run.rowsPerSecond / bare.rowsPerSecond),
      short(run.cpuUsPerRow),
      whole(run.peakRssBytes / 1_048_576),
    ];
    return {
      title: 'Archive',
      columns: ['from', 'rows/s', 'of bare', 'CPU us/row', 'peak MiB'],
      rows: [
        [...row('bare inserts (floor)', bare)],
        row('archiver, log in memory', memory),
        ...(real && kafka ? [row(`archiver, Kafka ${kafka.version}`, real)] : []),
      ],
      notes: [
        `${whole(rows)} rows, at most ${whole(batchRows)} an insert, into the archive's own tables: rows, offsets, both rollups, the newest tickers.`,
        'CPU is of the process with client, archiver and engine, one for each line; Kafka runs beside it on the same cores. The log in memory holds all messages in that process.',
        ...(real ? [] : ['Kafka was not measured: it is not to be had here.']),
      ],
    };
  },
};
