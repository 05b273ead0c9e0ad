import type { Findings, FindingsOf, Tally } from '@tickfolio/lib/tally';

/** What of the gateway is compared with the portfolio service, by the numbers that the documents give it. */
export const checkNames = ['A8', 'A9'] as const;
export type CheckName = (typeof checkNames)[number];

/** What holds where a check finds nothing. */
export const checkWords: Readonly<Record<CheckName, string>> = {
  A8: 'each event of balances was taken in once',
  A9: 'what is shown of a portfolio is what is in it',
};

export type ShownTally = Tally<CheckName>;
export type ShownFindings = FindingsOf<CheckName>;

const figures = ['checked', 'missing', 'duplicate', 'mismatch'] as const;
const eachFigure =
  (of: (a: number, b: number) => number) =>
  (one: ShownFindings, other: ShownFindings): ShownFindings =>
    new Map(
      [...one].map(([name, a]): [CheckName, Findings] => {
        const b = other.get(name) ?? a;
        const counts = Object.fromEntries(figures.map((figure) => [figure, of(a[figure], b[figure])]));
        return [name, { ...a, ...counts, found: [...a.found, ...b.found].slice(0, maxWords) }];
      }),
    );
const maxWords = 10;

/** What two rounds found of different portfolios. */
export const together = eachFigure((a, b) => a + b);
/** What two found of the same ones, of each figure the higher. */
export const higher = eachFigure(Math.max);
