import { expect, it } from 'vitest';
import { de } from '../text/messages-de.js';
import { en } from '../text/messages-en.js';
import { createTimes } from '../text/times.js';
import { lackWords, markWords } from './mark-words.js';

const at = (time: string) => Date.parse(`2026-06-15T${time}:00.000Z`);
const mark = (from: string, to: string, missing: string[], old: string[] = []) => ({
  fromMs: at(from),
  toMs: at(to),
  missing,
  old,
});

it('says which coins a value lacked and which had an old price, in both languages, and not a hundred of them', () => {
  expect(lackWords({ missing: ['tornusdt'], old: ['bttusdt', 'omgusdt'] }, en)).toBe(
    'without TORNUSDT, no price; BTTUSDT, OMGUSDT at an old price',
  );
  expect(lackWords({ old: ['bttusdt'] }, de)).toBe('BTTUSDT zu einem alten Kurs');
  const many = Array.from({ length: 100 }, (_, n) => `c${n}usdt`);
  expect(lackWords({ missing: many }, en)).toBe('without C0USDT, C1USDT, C2USDT, C3USDT and 96 more, no price');
});

it('says to a screen reader when that was, the latest stretches', () => {
  const marks = ['01', '02', '03', '04'].map((hour) => mark(`${hour}:00`, `${hour}:30`, [`c${hour}usdt`]));
  const words = markWords(marks, en, createTimes('en', 'UTC'));
  expect(words).toContain('4:00 AM – Jun 15, 2026, 4:30:00 AM UTC: without C04USDT, no price');
  expect(words.split('. ')).toHaveLength(4);
  expect(words).not.toContain('C01USDT');
  expect(markWords([], en, createTimes('en', 'UTC'))).toBe('');
});
