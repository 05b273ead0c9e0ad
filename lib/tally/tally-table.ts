import { type FindingsOf, isRight } from './findings.js';

const columns = ['checked', 'missing', 'duplicate', 'mismatch'] as const;

/**
 * A line for each check, and the first of what each found.
 * @param words what holds where a check finds nothing
 */
export const tallyTable = <Name extends string>(
  words: Readonly<Record<Name, string>>,
  findings: FindingsOf<Name>,
): string => {
  const width = Math.max(...Object.values<string>(words).map(({ length }) => length));
  const head = `    ${' '.repeat(width)}${columns.map((column) => column.padStart(11)).join('')}`;
  const lines = [...findings].flatMap(([name, found]) => {
    const counts = columns.map((column) => String(found[column]).padStart(11)).join('');
    return [`${name}  ${words[name].padEnd(width)}${counts}`, ...found.found.map((what) => `      ${what}`)];
  });
  return [head, ...lines].join('\n');
};

/** The audit in one sentence. @param what was audited, such as `The books are` */
export const verdict = (what: string, findings: FindingsOf<string>): string => {
  const wrong = [...findings].filter(([, found]) => !isRight(found)).map(([name]) => name);
  return wrong.length === 0 ? `${what} right.` : `${what} NOT right: ${wrong.join(', ')}.`;
};
