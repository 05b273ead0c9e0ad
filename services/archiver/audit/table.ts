import type { PartitionAudit } from './audit.js';

const columns: readonly { readonly title: string; readonly of: (audit: PartitionAudit) => bigint | number }[] = [
  { title: 'partition', of: (audit) => audit.partition },
  { title: 'first', of: (audit) => audit.first },
  { title: 'last', of: (audit) => audit.next - 1n },
  { title: 'messages', of: (audit) => audit.messages },
  { title: 'archived', of: (audit) => audit.archived },
  { title: 'repeated', of: (audit) => audit.repeated },
  { title: 'dead', of: (audit) => audit.deadLetters },
  { title: 'waiting', of: (audit) => audit.waiting },
  { title: 'missing', of: (audit) => audit.missing },
  { title: 'duplicate', of: (audit) => audit.duplicate },
];

/** The audit as a table of right-aligned columns, a row per partition and one of sums. */
export const auditTable = (audits: readonly PartitionAudit[]): string => {
  const summed = ['messages', 'archived', 'repeated', 'dead', 'waiting', 'missing', 'duplicate'];
  const rows = [
    columns.map(({ title }) => title),
    ...audits.map((audit) =>
      columns.map(({ title, of }) => (title === 'last' && audit.messages === 0n ? '-' : String(of(audit)))),
    ),
    columns.map(({ title, of }, at) => {
      if (at === 0) return 'all';
      return summed.includes(title) ? String(audits.reduce((sum, audit) => sum + BigInt(of(audit)), 0n)) : '';
    }),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ')).join('\n');
};

/** The audit in one sentence. */
export const verdict = (audits: readonly PartitionAudit[]): string => {
  const sum = (of: (audit: PartitionAudit) => bigint) => audits.reduce((total, audit) => total + of(audit), 0n);
  const [messages, missing, duplicate, waiting] = [
    sum((a) => a.messages),
    sum((a) => a.missing),
    sum((a) => a.duplicate),
    sum((a) => a.waiting),
  ];
  if (messages === 0n) return 'The topic holds no messages.';
  if (missing === 0n && duplicate === 0n) return `Complete: all ${messages} messages are there, none twice.`;
  const late = waiting > 0n ? ` ${waiting} were not committed by the archiver yet: is it running?` : '';
  return `NOT complete: ${missing} missing, ${duplicate} duplicate.${late}`;
};
