import type { ChosenSource, Exchange } from './price-source.js';

export interface BannerFacts {
  /** `host:port` of REST and WebSocket. */
  readonly http: string;
  /** Where people open the page, where that was set; each ends in a slash. */
  readonly publicUrls: readonly string[];
  /** Under which the page stands where no address was set, with a slash at both ends. */
  readonly basePath: string;
  /** What to know of cookies, in words; undefined where there is nothing. */
  readonly cookies: string | undefined;
  /** Where the archive can be looked at, or in words why there is none. */
  readonly archive: { readonly dashboard: string; readonly sql: string | undefined } | string;
  readonly source: ChosenSource;
  /** What prices are taken from, at the stream address that is used. */
  readonly exchange: Pick<Exchange, 'restUrl' | 'wsUrl'>;
  /** The stream address that is used where it can be. */
  readonly usualWsUrl: string;
  /** Why the streams are not had, in words. */
  readonly streamFault: string | undefined;
  /** What the exchange itself says; undefined while it has said nothing. */
  readonly simulated: boolean | undefined;
  readonly dataFolder: string;
  readonly stores: string;
  readonly logs: string;
}

const priceLine = ({ source, exchange, usualWsUrl, streamFault, simulated }: BannerFacts): string => {
  if (source.source === 'simulated') {
    const why = source.reason === undefined ? 'as PRICE_SOURCE asks' : `the exchange was tried: ${source.reason}`;
    return `SIMULATED, not real (${why}); simulator at ${exchange.restUrl}`;
  }
  if (simulated) return `SIMULATED, not real: ${exchange.restUrl} is a simulator`;
  if (streamFault !== undefined) return `from ${exchange.wsUrl}, which has not answered yet: ${streamFault}`;
  if (simulated === undefined)
    return `from ${exchange.wsUrl}; what is traded there, ${exchange.restUrl} has not told yet`;
  return `live from ${exchange.wsUrl}${exchange.wsUrl === usualWsUrl ? '' : ` (${usualWsUrl} does not answer)`}`;
};

const archiveLines = ({ archive }: BannerFacts): string[] => {
  if (typeof archive === 'string') return [`  Dashboard   none: ${archive}`];
  const sql =
    archive.sql === undefined ? [] : [`  SQL         http://${archive.sql} (ClickHouse's HTTP interface, read only)`];
  return [`  Dashboard   http://${archive.dashboard}`, ...sql];
};

/** What the start prints: where to look, where prices come from, where the data lies. */
export const banner = (facts: BannerFacts): string => {
  const own = `${facts.http}${facts.basePath}`;
  return [
    '',
    '  tickfolio is running',
    '',
    `  Portfolio   ${facts.publicUrls.join(', ') || `http://${own}`}`,
    `  API page    http://${own}docs`,
    `  REST        http://${own}api/v1`,
    `  WebSocket   ws://${own}api/v1/ws`,
    `  State       http://${own}ready`,
    `  Metrics     http://${own}metrics`,
    ...archiveLines(facts),
    '',
    `  Prices      ${priceLine(facts)}`,
    `  Data        ${facts.dataFolder}`,
    `  Stores      ${facts.stores}`,
    `  Logs        ${facts.logs}`,
    ...(facts.cookies === undefined ? [] : [`  Cookies     ${facts.cookies}`]),
    '',
    '  Ctrl-C stops it.',
    '',
  ].join('\n');
};
