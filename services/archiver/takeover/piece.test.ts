import { describe, expect, it } from 'vitest';
import { symbolRanges, unlessEnded } from './piece.js';

describe('a piece of the takeover', () => {
  it('is not waited for when the archiver is told to stop in the middle of it', async () => {
    const closing = new AbortController();
    const endless = unlessEnded({ signal: closing.signal }, () => new Promise(() => undefined));
    closing.abort(new Error('told to stop'));
    await expect(endless).rejects.toThrow('told to stop');
    let asked = false;
    const late = unlessEnded({ signal: closing.signal }, async () => {
      asked = true;
    });
    await expect(late).rejects.toThrow('told to stop');
    expect(asked).toBe(false);
    expect(await unlessEnded({ signal: undefined }, async () => 'done')).toBe('done');
  });

  it('has neighbouring symbols as long as they have few rows, and every symbol once', () => {
    const found = [5, 3, 2, 20, 1, 9].map((rows, at) => ({ symbol: `S${at}`, rows }));
    expect(symbolRanges(found, 10)).toEqual(
      [
        { from: 'S0', to: 'S2' },
        { from: 'S3', to: 'S3' },
        { from: 'S4', to: 'S5' },
      ].map((range, at) => ({ ...range, rows: [10, 20, 10][at] })),
    );
    expect(symbolRanges([], 10)).toEqual([]);
  });
});
