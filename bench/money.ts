import { add, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import { Decimal } from 'decimal.js';
import type { Benchmark } from './measure/benchmark.js';
import { type Contestant, contest } from './measure/contest.js';
import { none, times, whole } from './measure/table.js';

/** More digits than any product or sum here has, so that decimal.js is exact too. */
Decimal.set({ precision: 80, toExpNeg: -80, toExpPos: 80 });

const pieces = 1_000;
const numbers = Array.from({ length: pieces }, (_, i) => i);
/** As the exchange writes prices: 8 decimals, trailing zeros. */
const texts = numbers.map((i) => `${(68_000 + i * 7.31).toFixed(2)}000000`);
const otherTexts = numbers.map((i) => `${(0.5 + i * 0.0137).toFixed(4)}`);

const ours = { a: texts.map((text) => parseDecimal(text)), b: otherTexts.map((text) => parseDecimal(text)) };
const theirs = { a: texts.map((text) => new Decimal(text)), b: otherTexts.map((text) => new Decimal(text)) };
const units = { a: ours.a.map((value) => value.units), b: ours.b.map((value) => value.units) };
const digits = texts.map((text) => text.replace('.', ''));
const products = {
  ours: ours.a.map((a, i) => multiply(a, ours.b[i] ?? zero)),
  theirs: theirs.a.map((a, i) => a.times(theirs.b[i] ?? 0)),
};

/** Every result is kept until the next round: one that nobody could see might never be computed. */
const results: unknown[] = new Array(pieces).fill(undefined);

const each = (name: string, work: (i: number) => unknown): Contestant => ({
  name,
  pieces,
  run: () => {
    for (let i = 0; i < pieces; i++) results[i] = work(i);
    return results.length;
  },
});

/** The operations, each done by lib/money, by decimal.js, and by a bare BigInt that knows nothing of decimal points. */
const operations: readonly { readonly name: string; readonly contestants: readonly Contestant[] }[] = [
  {
    name: 'parse',
    contestants: [
      each('ours', (i) => parseDecimal(texts[i] ?? '')),
      each('decimal.js', (i) => new Decimal(texts[i] ?? '')),
      each('floor', (i) => BigInt(digits[i] ?? '')),
    ],
  },
  {
    name: 'multiply',
    contestants: [
      each('ours', (i) => multiply(ours.a[i] ?? zero, ours.b[i] ?? zero)),
      each('decimal.js', (i) => theirs.a[i]?.times(theirs.b[i] ?? 0)),
      each('floor', (i) => (units.a[i] ?? 0n) * (units.b[i] ?? 0n)),
    ],
  },
  {
    name: 'add',
    contestants: [
      each('ours', (i) => add(ours.a[i] ?? zero, ours.b[i] ?? zero)),
      each('decimal.js', (i) => theirs.a[i]?.plus(theirs.b[i] ?? 0)),
      each('floor', (i) => (units.a[i] ?? 0n) + (units.b[i] ?? 0n)),
    ],
  },
  {
    name: 'format',
    contestants: [
      each('ours', (i) => formatDecimal(products.ours[i] ?? zero)),
      each('decimal.js', (i) => products.theirs[i]?.toFixed()),
      each('floor', (i) => products.ours[i]?.units.toString()),
    ],
  },
  {
    name: 'parse, multiply, format',
    contestants: [
      each('ours', (i) => formatDecimal(multiply(parseDecimal(texts[i] ?? ''), parseDecimal(otherTexts[i] ?? '')))),
      each('decimal.js', (i) => new Decimal(texts[i] ?? '').times(otherTexts[i] ?? '').toFixed()),
    ],
  },
];

const checkSameResults = () => {
  for (const [i, text] of texts.entries()) {
    const other = otherTexts[i] ?? '';
    const ourText = formatDecimal(multiply(parseDecimal(text), parseDecimal(other)));
    const theirText = new Decimal(text).times(other).toFixed();
    if (ourText !== theirText)
      throw new Error(`${text} x ${other}: lib/money says ${ourText}, decimal.js says ${theirText}`);
  }
};

export const money: Benchmark = {
  name: 'money',
  about: 'exact decimals: parse, multiply, add, format, against decimal.js and bare BigInt',
  run: async ({ seconds, say }) => {
    checkSameResults();
    const rows = operations.map(({ name, contestants }) => {
      say(name);
      const rates = contest(contestants, seconds / 4);
      const [our, their, floor] = ['ours', 'decimal.js', 'floor'].map((one) => rates.get(one) ?? Number.NaN) as [
        number,
        number,
        number,
      ];
      return [
        name,
        whole(our),
        whole(their),
        times(our / their),
        Number.isFinite(floor) ? whole(floor) : none,
        times(our / floor),
      ];
    });
    return {
      title: 'money: exact decimals, operations a second on one core',
      columns: ['operation', 'lib/money', 'decimal.js', 'ours / decimal.js', 'bare BigInt (floor)', 'ours / floor'],
      rows,
      notes: [
        'Prices as the exchange writes them (`68123.45000000`) times quantities of 4 decimals; results are checked to be the same text.',
      ],
    };
  },
};
