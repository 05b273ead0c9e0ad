import type { Messages } from '../text/messages-en.js';
import type { Times } from '../text/times.js';
import type { Mark } from './line/recorded-line.js';

const maxNames = 4;
/** A screen reader reads all of it in one go. */
const maxStretches = 3;

const namesOf = (symbols: readonly string[], text: Messages): string => {
  const more = symbols.length - maxNames;
  const names = symbols.slice(0, maxNames).map((symbol) => symbol.toUpperCase());
  return `${names.join(', ')}${more > 0 ? ` ${text.andMore(more)}` : ''}`;
};

/** What a value lacks: "without TORNUSDT, no price; BTTUSDT at an old price". */
export const lackWords = ({ missing = [], old = [] }: Partial<Mark>, text: Messages): string =>
  [
    ...(missing.length > 0 ? [text.without(namesOf(missing, text))] : []),
    ...(old.length > 0 ? [text.atOldPrice(namesOf(old, text))] : []),
  ].join('; ');

/** When values lacked what, for who does not see it; the latest stretches. */
export const markWords = (marks: readonly Mark[], text: Messages, times: Times): string => {
  const more = marks.length - maxStretches;
  const told = marks
    .slice(-maxStretches)
    .map((mark) => `${times.near(mark.fromMs, mark.toMs)} – ${times.full(mark.toMs)}: ${lackWords(mark, text)}`);
  return [...told, ...(more > 0 ? [text.andMore(more)] : [])].join('. ');
};
