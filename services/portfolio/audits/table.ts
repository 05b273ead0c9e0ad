import { type CheckName, checkNames, type Findings, isRight } from './check.js';

/** What holds where a check finds nothing. */
const words: Readonly<Record<CheckName, string>> = {
  A1: 'each posting sums to 0',
  A2: 'each balance is the sum of its entries',
  A3: 'no balance is below zero, none is empty',
  A4: 'what is reserved is what remains of reservations',
  A5: 'each reservation is what was taken, given back and remains',
  A8: 'events of balances are numbered without holes',
};

const columns = ['checked', 'missing', 'duplicate', 'mismatch'] as const;

/** A line for each check, and the first of what each found. */
export const auditTable = (findings: ReadonlyMap<CheckName, Findings>): string => {
  const width = Math.max(...Object.values(words).map(({ length }) => length));
  const head = `    ${' '.repeat(width)}${columns.map((column) => column.padStart(11)).join('')}`;
  const lines = checkNames.flatMap((name) => {
    const found = findings.get(name);
    if (!found) return [];
    const counts = columns.map((column) => String(found[column]).padStart(11)).join('');
    return [`${name}  ${words[name].padEnd(width)}${counts}`, ...found.found.map((what) => `      ${what}`)];
  });
  return [head, ...lines].join('\n');
};

/** The audit in one sentence. */
export const verdict = (findings: ReadonlyMap<CheckName, Findings>): string => {
  const wrong = [...findings].filter(([, found]) => !isRight(found)).map(([name]) => name);
  return wrong.length === 0 ? 'The books are right.' : `The books are NOT right: ${wrong.join(', ')}.`;
};
