import type { ChosenSource } from './price-source.js';

export interface BannerFacts {
  readonly httpUrl: string;
  readonly wsUrl: string;
  readonly source: ChosenSource;
  readonly exchange: { readonly restUrl: string; readonly wsUrl: string };
  readonly dataFolder: string;
  readonly stores: string;
  readonly logLevel: string;
}

const priceLine = ({ source, exchange }: BannerFacts): string => {
  if (source.source === 'binance') return `live from ${exchange.wsUrl}`;
  const why = source.reason === undefined ? 'as PRICE_SOURCE asks' : `the exchange was tried: ${source.reason}`;
  return `SIMULATED, not real (${why}); simulator at ${exchange.restUrl}`;
};

/** What the start prints: where to look, where prices come from, where the data lies. */
export const banner = (facts: BannerFacts): string =>
  [
    '',
    '  tickfolio is running',
    '',
    `  API page    ${facts.httpUrl}/docs`,
    `  REST        ${facts.httpUrl}/api/v1`,
    `  WebSocket   ${facts.wsUrl}/api/v1/ws`,
    `  State       ${facts.httpUrl}/ready`,
    '',
    `  Prices      ${priceLine(facts)}`,
    `  Data        ${facts.dataFolder}`,
    `  Stores      ${facts.stores}`,
    `  Logs        LOG_LEVEL=${facts.logLevel}`,
    '',
    '  Ctrl-C stops it.',
    '',
  ].join('\n');
