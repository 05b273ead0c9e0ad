import type { ChosenSource, Exchange } from './price-source.js';

export interface BannerFacts {
  /** `host:port` of REST and WebSocket. */
  readonly http: string;
  /** Where the archive can be looked at, or in words why there is none. */
  readonly archive: { readonly dashboard: string; readonly sql: string | undefined } | string;
  readonly source: ChosenSource;
  readonly exchange: Exchange;
  /** What the exchange itself says; undefined while it has said nothing. */
  readonly simulated: boolean | undefined;
  readonly dataFolder: string;
  readonly stores: string;
  readonly logs: string;
}

const priceLine = ({ source, exchange, simulated }: BannerFacts): string => {
  if (source.source === 'simulated') {
    const why = source.reason === undefined ? 'as PRICE_SOURCE asks' : `the exchange was tried: ${source.reason}`;
    return `SIMULATED, not real (${why}); simulator at ${exchange.restUrl}`;
  }
  if (simulated === undefined) return `from ${exchange.wsUrl}, which has not answered yet`;
  return simulated ? `SIMULATED, not real: ${exchange.restUrl} is a simulator` : `live from ${exchange.wsUrl}`;
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
