/**
 * A table whose rows are laid out as grids is one for screen readers too: some browsers tell that by the layout alone,
 * unless it is said.
 */
export const role = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  rowheader: { role: 'rowheader' },
  cell: { role: 'cell' },
} as const;
