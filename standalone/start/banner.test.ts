import { cookiesInWords } from '@tickfolio/bff/app';
import { describe, expect, it } from 'vitest';
import { type BannerFacts, banner } from './banner.js';

const usual = 'wss://stream.binance.com:9443';
const other = 'wss://stream.binance.com:443';
const live: BannerFacts = {
  http: 'localhost:8080',
  publicUrls: [],
  basePath: '/',
  cookies: undefined,
  archive: 'none',
  source: { source: 'binance', reason: undefined },
  exchange: { restUrl: 'https://api.binance.com', wsUrl: usual },
  usualWsUrl: usual,
  streamFault: undefined,
  simulated: false,
  dataFolder: '/data',
  stores: 'embedded',
  logs: 'none',
};
const pricesOf = (facts: Partial<BannerFacts>) => /Prices +(.*)/.exec(banner({ ...live, ...facts }))?.[1];

describe('the line about prices', () => {
  it.each<[string, Partial<BannerFacts>, string]>([
    ['says live where prices stream', {}, `live from ${usual}`],
    [
      'names the port that is used instead of the usual one',
      { exchange: { ...live.exchange, wsUrl: other } },
      `live from ${other} (${usual} does not answer)`,
    ],
    [
      'does not say live where REST alone answers',
      { streamFault: 'the exchange answers over https, but its stream port 9443 does not (x): a firewall or a proxy?' },
      `from ${usual}, which has not answered yet: the exchange answers over https, but its stream port 9443 does not (x): a firewall or a proxy?`,
    ],
    [
      'does not say live where the exchange has not told what it is',
      { simulated: undefined },
      expect.not.stringContaining('live'),
    ],
    [
      'says why the simulator was taken',
      { source: { source: 'simulated', reason: 'it answers over https, but …' } },
      expect.stringMatching(/^SIMULATED, not real \(the exchange was tried: it answers over https, but …\)/),
    ],
    [
      'says simulated also where its streams stand still',
      { simulated: true, streamFault: 'gone' },
      'SIMULATED, not real: https://api.binance.com is a simulator',
    ],
  ])('%s', (_what, facts, line) => {
    expect(pricesOf(facts)).toEqual(line);
  });
});

describe('what the start prints', () => {
  it('is the address that people open, behind a proxy too', () => {
    expect(banner(live)).toContain('Portfolio   http://localhost:8080/\n');
    const publicUrls = ['https://example.com/tickfolio/', 'http://nas:8090/tickfolio/'];
    expect(banner({ ...live, publicUrls })).toContain(
      'Portfolio   https://example.com/tickfolio/, http://nas:8090/tickfolio/\n',
    );
  });
  it('has the path under which the page stands', () => {
    const said = banner({ ...live, basePath: '/tickfolio/' });
    expect(said).toContain('Portfolio   http://localhost:8080/tickfolio/\n');
    for (const line of ['http://localhost:8080/tickfolio/docs', 'ws://localhost:8080/tickfolio/api/v1/ws'])
      expect(said).toContain(`${line}\n`);
  });
  it('is also that a reload will sign out, where cookies need https and may not get it', () => {
    const said = (secure: boolean, ...publicUrls: string[]) =>
      banner({ ...live, cookies: cookiesInWords(secure, publicUrls) });
    expect(said(true)).toMatch(/Cookies {5}cookies need https outside ENV=local.*every reload signs out/);
    expect(said(true, 'http://nas:8090/')).toContain('PUBLIC_URL names http://nas:8090/');
    for (const fine of [said(false), said(true, 'https://example.com/')]) expect(fine).not.toContain('Cookies');
  });
});
