import { html, jsonBlock } from '@tickfolio/lib/look/html';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvField, fileName } from './archive/csv.js';
import { suggestSymbols } from './archive/latest-tickers.js';
import { cursorOf, parseCursor } from './archive/ticker-pages.js';
import { ageText, agoText, timeText } from './browser/time-text.js';
import { sizeText, verdictOf } from './pages/pipeline-page.js';
import { amountText, changeHtml, countText, percentHtml, signedText } from './pages/ticker-cells.js';

describe('HTML', () => {
  it('holds any text as a text, in elements and in attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const page = html`<p title="${text}">${text}</p>`.html;
        const [, attribute = '', words = ''] = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/s.exec(page) ?? [];
        const read = (escaped: string) =>
          escaped.replace(
            /&(amp|lt|gt|quot|#39);/g,
            (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '',
          );
        expect([read(attribute), read(words)]).toEqual([text, text]);
      }),
    );
  });

  it('leaves out what is not there and joins lists', () => {
    expect(html`<a>${false}${undefined}${[1, html`<b>${2n}</b>`, ['x']]}</a>`.html).toBe('<a>1<b>2</b>x</a>');
  });

  it('carries data that cannot end its element', () => {
    const block = jsonBlock('data', { text: '</script><script>alert(1)</script>' }).html;
    expect(block.match(/<\/?script/g)).toHaveLength(2);
    expect(JSON.parse(/>(.*)<\/script>$/s.exec(block)?.[1] ?? '')).toEqual({
      text: '</script><script>alert(1)</script>',
    });
  });
});

describe('figures', () => {
  it('are signed and have a direction that does not need colour', () => {
    for (const [text, sign, arrow, words] of [
      ['0.00000001', '+0.00000001', '▲', 'up'],
      ['-1234.5', '−1,234.5', '▼', 'down'],
      ['0', '0', '■', 'unchanged'],
      ['0.00', '0.00', '■', 'unchanged'],
    ] as const) {
      expect(signedText(text)).toBe(sign);
      expect(changeHtml(text).html).toContain(`aria-label="${words}">${arrow}</span> ${sign}`);
    }
  });

  it('are written as the page writes them: percentages with two decimals, pointing where these do', () => {
    for (const [text, shown, words] of [
      ['-2.51968504', '−2.52 %', 'down'],
      ['12345.678', '+12,345.68 %', 'up'],
      ['0.004', '<0.01 %', 'unchanged'],
      ['0', '0.00 %', 'unchanged'],
    ] as const)
      expect(percentHtml(text).html).toMatch(
        new RegExp(`aria-label="${words}">.</span> ${shown.replace('+', '\\+').replace('<', '&lt;')}<`),
      );
    expect(amountText('1234567.12345678')).toBe('1,234,567.12345678');
  });

  it('are grouped by thousands', () => {
    expect([0, 999, 1_000, 1_234_567, 12_345_678_901_234_567_890n].map(countText)).toEqual([
      '0',
      '999',
      '1,000',
      '1,234,567',
      '12,345,678,901,234,567,890',
    ]);
  });

  it('tell sizes in words', () => {
    expect([0n, 1_023n, 1_024n, 1_536n, 5_000_000_000n].map(sizeText)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.5 KiB',
      '4.7 GiB',
    ]);
  });

  it('tell ages in the largest unit', () => {
    const ages: [number, string][] = [
      [-5, 'now'],
      [999, 'now'],
      [1_000, '1 s'],
      [59_999, '59 s'],
      [60_000, '1 min'],
      [3_600_000, '1 h'],
      [47 * 3_600_000, '47 h'],
      [48 * 3_600_000, '2 d'],
    ];
    for (const [ms, text] of ages) expect(ageText(ms)).toBe(text);
    expect([agoText(0), agoText(2_000)]).toEqual(['just now', '2 s ago']);
    expect(timeText(1_769_508_000_981)).toBe('2026-01-27 10:00:00');
  });
});

describe('the verdict', () => {
  const audit = (found: Partial<{ missing: bigint; duplicate: bigint; auditedMs: number; intervalMs: number }>) => ({
    topic: 't',
    partition: 0,
    auditedMs: 100_000,
    missing: 0n,
    duplicate: 0n,
    lag: 9n,
    checkedTo: 5n,
    intervalMs: 60_000,
    ...found,
  });
  const dayMs = 86_400_000;

  it('is about the topic that is archived now, whatever was last said of the one of another name', () => {
    const former = { ...audit({ missing: 3n, auditedMs: 100_000 - dayMs }), topic: 'before' };
    expect(verdictOf([former, audit({})], 120_000).kind).toBe('good');
    // Nobody has taken its place.
    expect(verdictOf([former], 120_000).kind).toBe('bad');
    // Two archives of which one stands still are no change of name so soon.
    expect(verdictOf([{ ...former, auditedMs: -150_000 }, audit({})], 120_000).kind).toBe('bad');
  });

  it('does not ask for the archiver between two audits that were to be an hour apart', () => {
    const hourly = audit({ intervalMs: 3_600_000 });
    expect(verdictOf([hourly], 100_000 + 3_650_000).kind).toBe('good');
    expect(verdictOf([hourly], 100_000 + 7_300_000).kind).toBe('warn');
  });

  it.each([
    [[audit({})], 'good', 'Complete: nothing missing, nothing twice, checked 20 s ago.'],
    [[audit({}), audit({ missing: 2n })], 'bad', 'Not complete: 2 missing, checked 20 s ago.'],
    [[audit({ duplicate: 1_000n })], 'bad', 'Not complete: 1,000 twice, checked 20 s ago.'],
    [[audit({ missing: -1n })], 'bad', 'Not complete: −1 missing, checked 20 s ago.'],
    [
      [audit({}), audit({ auditedMs: -300_000 })],
      'warn',
      'Complete when last checked 7 min ago, and not checked since: is the archiver running?',
    ],
    [
      [],
      'unknown',
      'Not checked yet: the archiver compares Kafka with ClickHouse, every minute unless set otherwise, and has not reported.',
    ],
    [undefined, 'unknown', 'Not known: the audit’s results cannot be read.'],
  ])('%#', (audits, kind, text) => expect(verdictOf(audits, 120_000)).toEqual({ kind, text }));
});

describe('fields of a CSV file', () => {
  it('come back as they were, except what a spreadsheet would run', () => {
    const read = (field: string) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '1', '.', '-', '+', '=', '@', ',', '"', '\r', '\n', '\t', ' ') }),
        (text) => {
          const field = csvField(text);
          if (!field.startsWith('"')) expect(field).not.toMatch(/[",\r\n]/);
          const isDecimal = /^-?\d+(\.\d+)?$/.test(text);
          expect(read(field)).toBe(!isDecimal && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
        },
      ),
    );
  });

  it('have a file name of safe characters', () => {
    expect(fileName('../A"B\r\n', 'bars-1h', 1_769_508_000_981)).toBe('___A_B__-bars-1h-20260127T100000Z.csv');
  });
});

describe('addresses', () => {
  it('carry a place in the table there and back', () => {
    fc.assert(
      fc.property(fc.record({ eventMs: fc.nat(2 ** 31), messageId: fc.string({ maxLength: 256 }) }), (cursor) => {
        expect(parseCursor(cursorOf(cursor))).toEqual(cursor);
      }),
    );
    for (const text of ['', '_', 'x_y', '-1_y', '1', '123456789012345_x', `1_${'x'.repeat(257)}`])
      expect(parseCursor(text)).toBeUndefined();
  });

  it('lead to symbols that may have been meant', () => {
    const symbols = ['BTCUSDT', 'BTCFDUSD', 'ETHBTC', 'ETHUSDT', 'SOLUSDT', 'WBTCUSDT'];
    expect(suggestSymbols('btc', symbols)).toEqual(['BTCFDUSD', 'BTCUSDT', 'ETHBTC', 'WBTCUSDT']);
    expect(suggestSymbols('BTCUSTD', symbols)[0]).toBe('BTCUSDT');
    expect(suggestSymbols('EHTUSDT', symbols)[0]).toBe('ETHUSDT');
    expect(suggestSymbols('XYZXYZXYZ', symbols)).toEqual([]);
    expect(suggestSymbols('A'.repeat(256), symbols)).toEqual([]);
  });
});
