import { tmpdir } from 'node:os';
import { startTestKafka } from '@tickfolio/lib/kit/kafka';
import type { Benchmark } from '../measure/benchmark.js';
import type { Child } from '../measure/child.js';
import { short, times, whole } from '../measure/table.js';
import type { ArchiveEngine, ArchiveRun } from './engine.js';

/** As an archiver is by default, and as one is set that has much to catch up with. */
const setups = [
  { batchRows: 10_000, nodeOptions: [] },
  { batchRows: 25_000, nodeOptions: ['--max-semi-space-size=64'] },
];
const warmUpBatches = 5;
/** What a second of measuring is taken to be, in rows. */
const rowsPerSecond = 100_000;

export const archive: Benchmark = {
  name: 'archive',
  about: 'rows per second from the event log through the archiver into the embedded ClickHouse, against bare inserts',
  run: async ({ children, say, seconds }) => {
    const rows = seconds * rowsPerSecond;
    const lines: string[][] = [];
    const kafka = await startTestKafka();
    try {
      if (kafka) {
        say('filling Kafka');
        const filler = children.start<ArchiveEngine>('archive/engine.js');
        await filler.ask('fill', rows, kafka.brokers);
        await filler.close();
      }
      for (const { batchRows, nodeOptions } of setups) {
        /** Each in a process of its own, so that none pays for what another left behind. */
        const measure = async (
          from: string,
          ask: (engine: Child<ArchiveEngine>) => Promise<ArchiveRun>,
        ): Promise<ArchiveRun> => {
          say(`${whole(rows)} rows, ${whole(batchRows)} an insert: ${from}`);
          const engine = children.start<ArchiveEngine>('archive/engine.js', nodeOptions);
          await engine.ask('bare', batchRows * warmUpBatches, batchRows);
          const run = await ask(engine);
          await engine.ask('close');
          await engine.close();
          const { rowsPerSecond, cpuUsPerRow, peakRssBytes } = run;
          const ofBare = times(rowsPerSecond / (bare ?? run).rowsPerSecond);
          lines.push([
            whole(batchRows),
            from,
            whole(rowsPerSecond),
            ofBare,
            short(cpuUsPerRow),
            whole(peakRssBytes / 1_048_576),
          ]);
          return run;
        };
        let bare: ArchiveRun | undefined;
        bare = await measure('bare inserts (floor)', (engine) => engine.ask('bare', rows, batchRows));
        await measure('archiver, log in memory', (engine) => engine.ask('archive', rows, batchRows, null));
        if (kafka)
          await measure(`archiver, Kafka ${kafka.version}`, (engine) =>
            engine.ask('archive', rows, batchRows, kafka.brokers),
          );
      }
    } finally {
      await kafka?.close();
    }
    const optioned = setups.filter(({ nodeOptions }) => nodeOptions.length > 0);
    return {
      title: 'Archive',
      columns: ['rows an insert', 'from', 'rows/s', 'of bare', 'CPU us/row', 'peak MiB'],
      rows: lines,
      notes: [
        `${whole(rows)} rows into the archive's own tables (rows, offsets, both rollups, the newest tickers) in ${tmpdir()}.`,
        ...optioned.map(
          ({ batchRows, nodeOptions }) =>
            `With ${whole(batchRows)} rows an insert Node runs with ${nodeOptions.join(' ')}.`,
        ),
        'CPU is of the process with client, archiver and engine, one for each line; Kafka runs beside it on the same cores. The log in memory holds all messages in that process.',
        ...(kafka ? [] : ['Kafka was not measured: it is not to be had here.']),
      ],
    };
  },
};
