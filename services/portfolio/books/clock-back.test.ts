import { createManualClock } from '@tickfolio/lib/clock';
import { expect, it } from 'vitest';
import { newKey, openTestBooks } from '../kit/books.js';
import { openEmbeddedDatabase } from '../kit/database.js';

const nowMs = Date.UTC(2026, 10, 29);
const dayMs = 86_400_000;

it('gives paper money the next day also where the clock was a year ahead when the last was given', async () => {
  const postgres = await openEmbeddedDatabase();
  const ahead = await openTestBooks(postgres, createManualClock(nowMs + 365 * dayMs));
  const paper = await ahead.portfolio('paper');
  const fundBy = ({ books }: typeof ahead) =>
    books.funding.fund({ ...paper, key: newKey(), asset: 'USDT', quantity: '1' }).then(
      () => 'given',
      (thrown: { retryAfterMs?: number }) => `in ${Math.ceil((thrown.retryAfterMs ?? 0) / dayMs)} days`,
    );
  for (let times = 0; times < 10; times++) expect(await fundBy(ahead)).toBe('given');
  const next = await openTestBooks(postgres, createManualClock(nowMs + 2 * dayMs));
  expect(await fundBy(next)).toBe('given');
});
