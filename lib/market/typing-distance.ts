/** Optimal string alignment distance (insert, delete, replace, swap neighbours), given up past `limit`. */
const editDistance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
};

const isSameStart = (a: string, b: string): boolean => a[0] === b[0] || (a[0] === b[1] && a[1] === b[0]);

/** How many letters may be wrong in a name of so many: in a short one a single other letter is another coin. */
export const toleranceOf = (length: number): number => (length <= 2 ? 0 : length <= 5 ? 1 : 2);

/**
 * How many letters of a name were mistyped, both in lower case; people rarely get the first letter wrong, save by
 * swapping it. @returns infinite for more than `limit`, which is then another name
 */
export const typingDistance = (
  typed: string,
  name: string,
  limit = toleranceOf(Math.max(typed.length, name.length)),
): number => {
  if (!isSameStart(typed, name)) return Number.POSITIVE_INFINITY;
  const distance = editDistance(typed, name, limit);
  return distance <= limit ? distance : Number.POSITIVE_INFINITY;
};
