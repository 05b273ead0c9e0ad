import { DrizzleQueryError } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { databaseFault, fromPostgresError, isPoolerRefusal } from './sql-error.js';

/** As PostgreSQL's driver throws it. */
const thrown = (code: string, more: object = { routine: 'exec_simple_query' }) =>
  Object.assign(new Error('words'), { code, ...more });

describe('what a failure in the database means', () => {
  const faults = {
    away: [
      '08000',
      '08001',
      '08003',
      '08004',
      '08006',
      '53000',
      '53100',
      '53200',
      '53300',
      '57P01',
      '57P02',
      '57P03',
      '57P04',
      '57P05',
    ],
    'read-only': ['25006'],
    'too-slow': ['57014', '55P03', '25P03', '25P04'],
    refused: [
      '08P01',
      '53400',
      '28000',
      '28P01',
      '3D000',
      '42501',
      '42P01',
      '0A000',
      '25001',
      '25P02',
      '23505',
      '22P05',
      '55000',
      'XX000',
    ],
  };
  it.each(Object.entries(faults))('is %s for the codes of that kind', (fault, codes) => {
    expect(codes.filter((code) => databaseFault(thrown(code)) !== fault)).toEqual([]);
    expect(codes.filter((code) => databaseFault(new DrizzleQueryError('select', [], thrown(code))) !== fault)).toEqual(
      [],
    );
  });
  it('is away when the connection was lost, and a mistake of ours when it is one', () => {
    expect(databaseFault(new Error('Connection terminated unexpectedly'))).toBe('away');
    expect(databaseFault(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe('away');
    expect(databaseFault(new TypeError('not a function'))).toBe('refused');
  });
  it('is the fault of who gave a text with a character that cannot be kept, and of nobody else', () => {
    expect(['22021', '22P05', '22P02'].map((code) => fromPostgresError(thrown(code)).code)).toEqual([
      'invalid_argument',
      'invalid_argument',
      'internal',
    ]);
  });
  it('is away when a pooler says so, which has one code for everything', () => {
    const relayed = thrown('08P01', {});
    expect([databaseFault(relayed), isPoolerRefusal(relayed), isPoolerRefusal(thrown('08P01'))]).toEqual([
      'away',
      true,
      false,
    ]);
  });
  it('is told as "come again" where that helps, and with what happened: a full disk is no database that cannot be reached', () => {
    expect(fromPostgresError(thrown('25006'))).toMatchObject({
      code: 'unavailable',
      message: 'The database is read-only at the moment; nothing was changed.',
      retryAfterMs: 1_000,
    });
    expect(fromPostgresError(thrown('53100'))).toMatchObject({
      code: 'unavailable',
      message: 'The disk of the database is full; nothing was changed.',
      retryAfterMs: 1_000,
    });
    const unreached = ['53100', '53200', '53300', '53000', '58030', '40001', '40P01'].map(
      (code) => fromPostgresError(thrown(code)).message,
    );
    expect(unreached.filter((message) => /reached/.test(message) || !/nothing was changed/.test(message))).toEqual([]);
    expect(fromPostgresError(thrown('08006')).message).toBe('The database cannot be reached.');
    expect(fromPostgresError(thrown('57P01'))).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
    expect(fromPostgresError(thrown('57014'))).toMatchObject({ code: 'deadline_exceeded' });
    expect(fromPostgresError(thrown('42P01'))).toMatchObject({ code: 'internal' });
  });
});
