import { createHash, createHmac } from 'node:crypto';
import type { auditLog, Detail } from './tables.js';

export type Row = typeof auditLog.$inferSelect;

/** What stands before the first row. */
export const noHash = Buffer.alloc(32);

/** The same for the same fields, in whatever order they are stored. */
const canonical = (detail: Detail): string =>
  JSON.stringify(Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Binds a row to its detail, and tells nothing of it once detail and salt are gone. */
export const commitmentOf = (salt: Uint8Array, detail: Detail): Buffer =>
  createHmac('sha256', salt).update(canonical(detail)).digest();

/** Of everything in a row but the detail, which its commitment stands for, and of the row before it. */
export const hashOf = (row: Omit<Row, 'detail' | 'salt' | 'hash'>): Buffer => {
  const hash = createHash('sha256');
  const add = (part: string | Uint8Array) => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  add(row.prev);
  add(String(row.seq));
  add(row.at.toISOString());
  for (const word of [row.actorKind, row.actorId, row.action, row.subjectKind, row.subjectId, row.outcome]) add(word);
  add(row.requestId);
  add(row.commitment);
  return hash.digest();
};

/** Whether a row is what was written after the one with the hash `prev`. */
export const follows = (row: Row, seq: number, prev: Uint8Array): boolean =>
  row.seq === seq &&
  Buffer.compare(row.prev, prev) === 0 &&
  (row.detail === null || row.salt === null
    ? row.detail === null && row.salt === null
    : commitmentOf(row.salt, row.detail).equals(row.commitment)) &&
  hashOf(row).equals(row.hash);
