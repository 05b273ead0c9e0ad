import type { NumberStyle } from '@tickfolio/lib/look/amount';
import { canonical } from '@tickfolio/lib/money';

/** What a typed or pasted text means as a number, as canonical decimal texts without a sign. */
export type NumberReading =
  /**
   * `unlike`: what the same text means where marks are used the other way round; only of what was read by its groups.
   */
  | { readonly kind: 'number'; readonly number: string; readonly unlike: string | undefined }
  /** It has two meanings and nothing says which. */
  | { readonly kind: 'unclear'; readonly meanings: readonly [string, string] }
  | { readonly kind: 'none' };

/** More than any number of ours has, with all its groups. */
const maxLength = 120;
const bounds = { maxIntegerDigits: maxLength, maxFractionDigits: maxLength };
/** Marks that part groups in every language; blanks of all widths count as one of them. */
const blanks = /\s/g;
const apostrophes = /[’ʼ]/g;
/** Of what is pasted: marks of direction and the like, which are not seen. */
const unseen = /\p{Cf}/gu;

const escaped = (mark: string) => mark.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

interface Found {
  readonly number: string;
  readonly isGrouped: boolean;
  readonly hasPoint: boolean;
}

/**
 * Reads groups in the right places, parted by one mark throughout: of three, or before the last three of two, as in
 * India (`12,34,567`), where nobody parts them by points: `12.34.567` was mistyped. `mixed`: groups of three, parted by
 * any of the marks. A first group is never zero.
 */
const read = (text: string, { group, point }: NumberStyle, mixed = false): Found | undefined => {
  const [mark, end] = [`[ '${escaped(group)}]`, escaped(point)];
  const groups = mixed
    ? `[1-9]\\d{0,2}(?<mark>${mark})\\d{3}(?:${mark}\\d{3})*`
    : `(?=\\d+(?<mark>${mark}))[1-9](?:\\d{0,2}(?:\\k<mark>\\d{3})+|\\d?(?:(?!\\.)\\k<mark>\\d{2})+\\k<mark>\\d{3})`;
  const match = new RegExp(`^(?<whole>\\d+|${groups})?(?:(?<point>${end})(?<fraction>\\d*))?$`).exec(text);
  const { whole = '', fraction = '', mark: parted, point: pointed } = match?.groups ?? {};
  if (whole === '' && fraction === '') return undefined;
  const digits = whole.replace(/\D/g, '') || '0';
  return {
    number: canonical(fraction ? `${digits}.${fraction}` : digits, bounds),
    isGrouped: parted !== undefined,
    hasPoint: pointed !== undefined,
  };
};

/**
 * Reads a number as the language writes it, and as others do where only that makes sense: German `1.234` is more than a
 * thousand, `1.5` is not. A leading plus is allowed.
 */
export const readNumber = (typed: string, own: NumberStyle): NumberReading => {
  const text = typed.replace(unseen, '').trim().replace(/^\+/, '').replace(blanks, ' ').replace(apostrophes, "'");
  if (text.length > maxLength) return { kind: 'none' };
  const other = { group: own.point, point: own.group };
  const [mine, theirs] = [read(text, own), read(text, other)];
  if (mine) {
    const isTwofold = mine.isGrouped && !mine.hasPoint && theirs !== undefined && theirs.number !== mine.number;
    return { kind: 'number', number: mine.number, unlike: isTwofold ? theirs.number : undefined };
  }
  if (!theirs) return { kind: 'none' };
  const loosely = read(text, own, true);
  if (loosely && loosely.number !== theirs.number)
    return { kind: 'unclear', meanings: [loosely.number, theirs.number] };
  return { kind: 'number', number: theirs.number, unlike: undefined };
};
