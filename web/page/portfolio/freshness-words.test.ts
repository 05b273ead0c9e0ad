import { expect, it } from 'vitest';
import type { Freshness } from '../live/freshness.js';
import { de } from '../text/messages-de.js';
import { en } from '../text/messages-en.js';
import { createTimes } from '../text/times.js';
import { freshnessWords } from './freshness-words.js';

const asOfMs = Date.parse('2026-01-27T10:00:01.000Z');
const sinceMs = asOfMs - 600_000;
const live = (part: string): Freshness => ({ kind: 'live', part, level: 'good' });
/** As they are read. */
const said = (of: Freshness | undefined, about: 'value' | 'price' = 'value', text = en) => {
  const words = freshnessWords(of, about, text, createTimes(text.tag === 'de' ? 'de' : 'en-GB', 'UTC'), asOfMs);
  return words && [words.word, words.detail].filter((part) => part !== undefined).join(' ');
};

it('says live of what is live only, in both languages', () => {
  expect([live('100'), live('99'), live('0')].map((of) => said(of))).toEqual([
    'Live 100 % of the value priced in the last 2 s',
    'Live 99 % of the value priced in the last 2 s',
    'Live below 1 % of the value priced in the last 2 s',
  ]);
  expect(said(live('0'), 'value', de)).toBe('Live unter 1 % des Werts in den letzten 2 s bepreist');
  expect(said({ kind: 'quiet', seconds: 13 })).toBe('Last price 13 s ago');
  expect(said({ kind: 'quiet', seconds: 13 }, 'value', de)).toBe('Letzter Kurs vor 13 s');
  expect(said(undefined)).toBe('Connected');
});
it('says during an outage that no prices arrive, and since when', () => {
  expect(said({ kind: 'down', sinceMs })).toBe('No prices have arrived since 09:50');
  expect(said({ kind: 'down', sinceMs }, 'price', de)).toBe('Seit 09:50 kommen keine Kurse an');
  expect(said({ kind: 'down', sinceMs: undefined })).toBe('No prices are arriving');
  expect(said({ kind: 'down', sinceMs: sinceMs - 86_400_000 })).toBe('No prices have arrived since 26 Jan, 09:50');
  expect(said({ kind: 'still', sinceMs })).toBe('No new price since 09:50');
});
it('speaks on the page of a coin of that coin', () => {
  expect(said(live('100'), 'price')).toBe('Live priced in the last 2 s');
  expect(said(live('100'), 'price', de)).toBe('Live in den letzten 2 s bepreist');
  expect(said({ kind: 'recorded' }, 'price')).toBe('Recorded price, not live');
  expect(said(undefined, 'price')).toBeUndefined();
});
