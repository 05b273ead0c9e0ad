/** Full names of what the dashboard reads, as the archiver's migrations make them. */
export interface ArchiveNames {
  /** Every ticker once. */
  readonly tickers: string;
  /** The newest ticker per symbol. */
  readonly latest: string;
  readonly minutes: string;
  readonly hours: string;
  readonly offsets: string;
  readonly audits: string;
  readonly database: string;
  /** The part of their names that all tables of the archive begin with. */
  readonly table: string;
}

const plain = /^[A-Za-z_]\w{0,63}$/;

/** @throws TypeError for a name that is no plain identifier. */
export const archiveNames = (database: string, table: string): ArchiveNames => {
  for (const name of [database, table]) if (!plain.test(name)) throw new TypeError(`"${name}" is no plain name of a database or a table`);
  const ohlc = `${database}.${table.replace(/_tickers$/, '')}_ohlc`;
  return {
    tickers: `${database}.${table}`,
    latest: `${database}.${table}_latest`,
    minutes: `${ohlc}_1m`,
    hours: `${ohlc}_1h`,
    offsets: `${database}.${table}_offsets`,
    audits: `${database}.${table}_audits`,
    database,
    table,
  };
};
