import { carry } from './piece.js';
import { namesOf, readColumns, type TakeoverDeps } from './zoneless.js';

/** The views that feed the other tables with every row that is inserted. */
const feeds = ['1h_feed', '1m_feed', 'newest_feed', 'offsets_feed', 'received_feed'] as const;
const namesOfFeeds = ({ table }: TakeoverDeps): readonly string[] => feeds.map((feed) => `${table}_${feed}`);

/**
 * Takes the feeds away, which follow a table to its next name or do not, as the version has it; the migrations make
 * them again.
 */
export const dropFeeds = async (deps: TakeoverDeps): Promise<void> => {
  for (const name of namesOfFeeds(deps)) await deps.clickhouse.command(`DROP VIEW IF EXISTS ${deps.database}.${name}`);
};

/**
 * Which feeds there are, as one text: the same as long as nobody took one away or made it anew; undefined while one is
 * missing.
 */
export const readFeeds = async (deps: TakeoverDeps): Promise<string | undefined> => {
  const found = await deps.clickhouse.query<{ uuid: string }>(
    'SELECT uuid FROM system.tables WHERE database = {database:String} AND name IN {names:Array(String)} ORDER BY name',
    { database: deps.database, names: namesOfFeeds(deps) },
  );
  return found.length === feeds.length ? found.map(({ uuid }) => uuid).join() : undefined;
};

/**
 * Feeds the other tables once more with rows that were inserted while nothing may have fed them. @param since SQL of a
 * moment, by ClickHouse's clock
 */
export const feedAgain = async (deps: TakeoverDeps, since: string): Promise<void> => {
  const { own, full } = namesOf(deps, 'rows');
  const columns = [...(await readColumns(deps, own)).keys()].join(', ');
  await carry(deps, {
    sql: `INSERT INTO ${full(own)} (${columns}) SELECT ${columns} FROM ${full(own)} WHERE inserted_at >= ${since}`,
  });
};
