export type Fault = 'missing' | 'duplicate' | 'mismatch';

/** What one check found; every count but the first is 0 where what it looked at is right. */
export interface Findings {
  readonly checked: number;
  readonly missing: number;
  readonly duplicate: number;
  readonly mismatch: number;
  /** The first of them, in words with ids and amounts. */
  readonly found: readonly string[];
}

export type FindingsOf<Name extends string> = ReadonlyMap<Name, Findings>;

/** For who reads them in a log line or a row. */
const maxWords = 10;

/** Counts what is looked at and what is found, check by check. */
export interface Tally<Name extends string> {
  checked(name: Name, more?: number): void;
  fault(name: Name, kind: Fault, words: string, more?: number): void;
  readonly findings: FindingsOf<Name>;
}

/** @param names of the checks, in the order in which they are told of */
export const createTally = <Name extends string>(names: readonly Name[]): Tally<Name> => {
  const none: Findings = { checked: 0, missing: 0, duplicate: 0, mismatch: 0, found: [] };
  const findings = new Map<Name, Findings>(names.map((name) => [name, none]));
  const change = (name: Name, changed: (before: Findings) => Partial<Findings>) => {
    const before = findings.get(name) ?? none;
    findings.set(name, { ...before, ...changed(before) });
  };
  return {
    checked: (name, more = 1) => change(name, ({ checked }) => ({ checked: checked + more })),
    fault: (name, kind, words, more = 1) =>
      change(name, (before) => ({
        [kind]: before[kind] + more,
        found: before.found.length < maxWords ? [...before.found, words] : before.found,
      })),
    findings,
  };
};

export const isRight = ({ missing, duplicate, mismatch }: Findings): boolean => missing + duplicate + mismatch === 0;
