import { type Html, html } from './html.js';

type Direction = 'up' | 'down' | 'flat';

/** Which way an exact decimal text points. */
const directionOf = (text: string): Direction => (text.startsWith('-') ? 'down' : /[1-9]/.test(text) ? 'up' : 'flat');

/** With its sign, also a positive one. */
export const signed = (text: string): string => (directionOf(text) === 'up' ? `+${text}` : text);

const arrows: Readonly<Record<Direction, string>> = { up: '▲', down: '▼', flat: '■' };
const arrowWords: Readonly<Record<Direction, string>> = { up: 'up', down: 'down', flat: 'unchanged' };

/** A change with sign, arrow and colour, so that none of them is needed alone. @param unit such as `%` */
export const changeHtml = (text: string, unit = ''): Html => {
  const direction = directionOf(text);
  return html`<span class="${direction}"><span class="arrow" role="img" aria-label="${arrowWords[direction]}">${arrows[direction]}</span> ${signed(text)}${unit}</span>`;
};

/** 1234567 as `1 234 567`, with thin spaces that do not break. */
export const grouped = (count: number | bigint): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
