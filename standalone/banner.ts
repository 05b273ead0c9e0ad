import type { ChosenSource, Exchange } from './price-source.js';

export interface BannerFacts {
  /** `host:port` of REST and WebSocket. */
  readonly http: string;
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
  if (simulated === undefined) return `from ${exchange.wsUrl}; what is traded there, ${exchange.restUrl} has not told yet`;
  return `live from ${exchange.wsUrl}${exchange.wsUrl === usualWsUrl ? '' : ` (${usualWsUrl} does not answer)`}`;
};

const archiveLines = ({ archive }: BannerFacts): string[] => {
  if (typeof archive === 'string') return [`  Dashboard   none: ${archive}`];
  const sql = archive.sql === undefined ? [] : [`  SQL         http://${archive.sql} (ClickHouse's HTTP interface, read only)`];
  return [`  Dashboard   http://${archive.dashboard}`, ...sql];
};

/** What the start prints: where to look, where prices come from, where the data lies. */
export const banner = (facts: BannerFacts): string =>
  [
    '',
    '  tickfolio is running',
    '',
    `  Portfolio   http://${facts.http}/`,
    `  API page    http://${facts.http}/docs`,
    `  REST        http://${facts.http}/api/v1`,
    `  WebSocket   ws://${facts.http}/api/v1/ws`,
    `  State       http://${facts.http}/ready`,
    `  Metrics     http://${facts.http}/metrics`,
    ...archiveLines(facts),
    '',
    `  Prices      ${priceLine(facts)}`,
    `  Data        ${facts.dataFolder}`,
    `  Stores      ${facts.stores}`,
    `  Logs        ${facts.logs}`,
    '',
    '  Ctrl-C stops it.',
    '',
  ].join('\n');
