const units = [
  ['s', 1_000, 120_000],
  ['min', 60_000, 2 * 3_600_000],
  ['h', 3_600_000, 48 * 3_600_000],
  ['days', 86_400_000, Number.POSITIVE_INFINITY],
] as const;

/** `2.5 s`, `60 min`, `8 h`, `10 days`. */
export const inWords = (ms: number): string => {
  const [name, sizeMs] = units.find(([, , belowMs]) => ms < belowMs) ?? units[3];
  const size = ms / sizeMs;
  return `${size < 10 ? size.toFixed(1).replace('.0', '') : Math.round(size)} ${name}`;
};
