/** What a benchmark found. */
export interface Report {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences that say how to read the table. */
  readonly notes: readonly string[];
}

/** The report as Markdown, its columns aligned for reading as plain text. */
export const toMarkdown = ({ title, columns, rows, notes }: Report): string => {
  const widths = columns.map((column, i) => Math.max(column.length, 3, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? `:${'-'.repeat(width + 1)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const list = notes.map((note) => `- ${note}`);
  return [
    `## ${title}`,
    '',
    line(columns),
    rule,
    ...rows.map(line),
    '',
    ...list,
    ...(list.length > 0 ? [''] : []),
  ].join('\n');
};

/** A whole number with thousands separated. */
export const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '-');

/** Three significant digits or so. */
export const short = (value: number): string =>
  Number.isFinite(value) ? (Math.abs(value) >= 100 ? whole(value) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2)) : '-';

/** How many times: `1.8x`. */
export const times = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(2)}x` : '-');

export const percent = (share: number): string => (Number.isFinite(share) ? `${Math.round(share * 100)} %` : '-');

export const none = '-';
