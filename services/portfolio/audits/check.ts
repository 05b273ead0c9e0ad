/** What of the books is compared, by the numbers that the documents give it. */
export const checkNames = ['A1', 'A2', 'A3', 'A4', 'A5', 'A8'] as const;
export type CheckName = (typeof checkNames)[number];

/** All of it, or what changed since the round before. */
export type Scope = 'changed' | 'all';

export type Fault = 'missing' | 'duplicate' | 'mismatch';

/** What a round found; every count but the first is 0 where the books are right. */
export interface Findings {
  readonly checked: number;
  readonly missing: number;
  readonly duplicate: number;
  readonly mismatch: number;
  /** The first of them, in words with ids and no amounts. */
  readonly found: readonly string[];
}

const maxWords = 10;

/** Counts what is looked at and what is found, check by check. */
export interface Tally {
  checked(name: CheckName, more?: number): void;
  fault(name: CheckName, kind: Fault, words: string, more?: number): void;
  readonly findings: ReadonlyMap<CheckName, Findings>;
}

export const createTally = (): Tally => {
  const none = { checked: 0, missing: 0, duplicate: 0, mismatch: 0, found: [] as readonly string[] };
  const findings = new Map<CheckName, Findings>(checkNames.map((name) => [name, none]));
  const change = (name: CheckName, changed: (before: Findings) => Partial<Findings>) => {
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
