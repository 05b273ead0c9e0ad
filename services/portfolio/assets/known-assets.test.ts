import { describe, expect, it } from 'vitest';
import { listedAs } from '../kit/listed-symbols.js';
import { assetsOf } from './known-assets.js';

/** `kind via quote listed` by asset. */
const said = (...pairs: readonly string[]) =>
  Object.fromEntries(
    [...assetsOf(pairs.map(listedAs))].map(([name, { kind, defaultVia, quoteAsset, listed }]) => [
      name,
      [kind, defaultVia || 'cash', quoteAsset ?? '-', listed ? 'listed' : 'not listed'].join(' '),
    ]),
  );

describe('what a list of symbols says of assets', () => {
  it('is what each is valued by: in USDT where it can be, cash by nothing', () => {
    expect(said('BTC/EUR', 'BTC/USDT', 'BTC/TRY', 'USDC/USDT', 'EUR/USDT', 'USDT/TRY', 'ABC/BTC', 'ABC/TRY')).toEqual({
      BTC: 'crypto btcusdt USDT listed',
      ABC: 'crypto abcbtc BTC listed',
      USDT: 'stable cash - listed',
      USDC: 'stable cash - listed',
      EUR: 'fiat cash - listed',
      TRY: 'fiat cash - listed',
    });
  });

  it('is the same in whichever order its symbols stand', () => {
    const pairs = ['ABC/TRY', 'ABC/BRL', 'ABC/EUR', 'ABC/USDC', 'ABC/BTC'];
    expect(said(...pairs.toReversed())).toEqual(said(...pairs));
    expect(said(...pairs).ABC).toBe('crypto abcusdc USDC listed');
    expect(said('ABC/TRY', 'ABC/BRL').ABC).toBe('crypto abcbrl BRL listed');
  });

  it('takes a market that trades before one that does not, and what pauses for one that does', () => {
    expect(said('ABC/USDT BREAK', 'ABC/EUR').ABC).toBe('crypto abceur EUR listed');
    expect(said('ABC/USDT BREAK paused', 'ABC/EUR').ABC).toBe('crypto abcusdt USDT listed');
    expect(said('ABC/USDT HALT', 'ABC/EUR').ABC).toBe('crypto abcusdt USDT listed');
    expect(said('ABC/USDT BREAK', 'BTC/USDT')).toMatchObject({ ABC: 'crypto abcusdt USDT not listed' });
  });

  it('is of assets whose names are not Latin too, and of no row that cannot be read', () => {
    const odd = { ...listedAs('BTC/USDT'), symbol: 'btc-usdt-perpetual' };
    const rows = [odd, listedAs('币安人生/USDT'), listedAs('/USDT'), listedAs('btc/USDT'), listedAs('A B/USDT')];
    expect([...assetsOf(rows).keys()].sort()).toEqual(['USDT', '币安人生']);
    expect(assetsOf([odd]).size).toBe(0);
  });
});
