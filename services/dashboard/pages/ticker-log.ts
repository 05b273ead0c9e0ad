/** Where tickers wait for the archiver, and how long at most. */
export interface TickerLog {
  readonly kind: 'kafka' | 'memory';
  /** The archiver's time limit of a batch, milliseconds; undefined where only the archiver knows it. */
  readonly batchMs: number | undefined;
}

/** What a dashboard of its own knows: nothing of the archiver's settings. */
export const serverLog: TickerLog = { kind: 'kafka', batchMs: undefined };

/** Its words on the pages. */
export interface TickerLogWords {
  readonly name: string;
  /** `10 s unless set otherwise`. */
  readonly limit: string;
  readonly lag: string;
  readonly deadLetters: string;
}

/** As in `BATCH_TIMEOUT`'s default. */
const usualLimit = '10 s unless set otherwise';

export const logWords = ({ kind, batchMs }: TickerLog): TickerLogWords => {
  const limit = batchMs === undefined ? usualLimit : `${batchMs / 1_000} s`;
  const grows = 'a number that only grows means that the archiver is down or too slow.';
  if (kind === 'kafka')
    return {
      name: 'Kafka',
      limit,
      lag: `Messages in Kafka that the archiver had not stored yet at the last check. They wait in Kafka and are not lost; ${grows}`,
      deadLetters:
        'Messages of the last 30 days that could not be read as a ticker, kept with the reason in the dead-letter topic. They are no loss of tickers, but somebody should look at them.',
    };
  return {
    name: 'the event log',
    limit,
    lag: `Messages in the event log that the archiver had not stored yet at the last check. This run has its event log in memory: what waits there when it is killed is lost; ${grows}`,
    deadLetters:
      'Messages of the last 30 days that could not be read as a ticker. With the reason they stand in the dead-letter topic, which this run has in memory: it is empty after a restart. They are no loss of tickers, but somebody should look at them.',
  };
};
