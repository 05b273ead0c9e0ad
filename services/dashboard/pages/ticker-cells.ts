import { grouped, type NumberStyle, percentage, signed } from '@tickfolio/lib/look/amount';
import { type Direction, directionOf } from '@tickfolio/lib/look/change';
import { type Html, html } from '@tickfolio/lib/look/html';
import { parseDecimal } from '@tickfolio/lib/money';

/** The dashboard speaks English; the page writes numbers in the reader's language by the same rules. */
const style: NumberStyle = { group: ',', point: '.' };

const arrows: Readonly<Record<Direction, string>> = { up: '▲', down: '▼', same: '■' };
const arrowWords: Readonly<Record<Direction, string>> = { up: 'up', down: 'down', same: 'unchanged' };
const classes: Readonly<Record<Direction, string>> = { up: 'up', down: 'down', same: 'flat' };

/** A price or an amount with all its digits. @param text exact decimal text */
export const amountText = (text: string): string => grouped(text, style);

/** With its sign, also a positive one. */
export const signedText = (text: string): string => signed(grouped(text, style));
/** A change in percent, rounded; all digits of it stand in the CSV. */
const percentText = (text: string): string => signed(percentage(parseDecimal(text), style));

/** A change with sign, arrow and colour, so that none of them is needed alone. @param shown with its sign */
const markedHtml = (shown: string): Html => {
  const direction = directionOf(shown);
  return html`<span class="${classes[direction]}"><span class="arrow" role="img" aria-label="${arrowWords[direction]}">${arrows[direction]}</span> ${shown}</span>`;
};

/** @param text exact decimal text */
export const changeHtml = (text: string): Html => markedHtml(signedText(text));
/** @param text exact decimal text, of a hundred */
export const percentHtml = (text: string): Html => markedHtml(percentText(text));

/** 1234567 as `1,234,567`. */
export const countText = (count: number | bigint): string => grouped(String(count), style);
