import { DrizzleQueryError } from 'drizzle-orm';
import { AppError, toAppError } from '../errors/errors.js';

/** SQLSTATEs that callers decide by. */
export const uniqueViolation = '23505';
export const checkViolation = '23514';
const readOnlyTransaction = '25006';
const protocolViolation = '08P01';

/** Five letters or digits; system error names of that length (`EPIPE`) begin with E, which no SQLSTATE does. */
const statePattern = /^(?!E)(?=.*\d)[0-9A-Z]{5}$/;

const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;

/** What the driver threw, out of drizzle's wrapping. */
const driverError = (thrown: unknown): unknown => (thrown instanceof DrizzleQueryError ? thrown.cause : thrown);

/** The SQLSTATE of a failed statement; undefined when it did not fail in the database. */
export const sqlState = (thrown: unknown): string | undefined => {
  const code = codeOf(driverError(thrown));
  return code !== undefined && statePattern.test(code) ? code : undefined;
};

/** The name of the constraint that a statement violated. */
export const violatedConstraint = (thrown: unknown): string | undefined => {
  const error = driverError(thrown);
  return error instanceof Error && 'constraint' in error && typeof error.constraint === 'string'
    ? error.constraint
    : undefined;
};

/**
 * What a failure means for whoever asked: the database is `away` or `read-only` and may be otherwise in a moment; it
 * took too long; or it refuses, and will refuse the same again.
 */
export type DatabaseFault = 'away' | 'read-only' | 'too-slow' | 'refused';

/**
 * What passes by itself, class by class. 08: the connection is lost or was not had (08P01 is looked at apart). 53: out
 * of memory, disk or connections, but not past a limit that was set for it (53400). 57P0x: shut down, crashed,
 * starting, its database dropped (a new connection says whether it is gone), idle for too long. 58: the system under
 * it. 40001, 40P01: serialization failure, deadlock. The rest refuses: 28 and 3D (user, password, database), 42 (no
 * such thing, no right to it), 0A (not supported), 25 but for 25006, and whatever else comes.
 */
const passing = /^(08(?!P01)|53(?!400)|57P0[1-5]|58|40001|40P01)/;
/** A statement or a lock wait that took too long, or a transaction in which nothing happened. */
const tooLong = new Set(['57014', '55P03', '25P03', '25P04']);

/**
 * True of a refusal in words of a pooler between us and PostgreSQL. PgBouncer 1.18 gives everything that it says or
 * passes on while somebody connects this one code: an unknown database as well as a server that is starting.
 * PostgreSQL's own errors name the routine they come from.
 */
export const isPoolerRefusal = (thrown: unknown): boolean => {
  const error = driverError(thrown);
  return (
    sqlState(error) === protocolViolation &&
    !(error instanceof Error && 'routine' in error && typeof error.routine === 'string')
  );
};

/**
 * Only for what a statement or a connection attempt threw: a driver gives the loss of a connection no SQLSTATE.
 * What a pooler refuses counts as away: see `isPoolerRefusal`.
 */
export const databaseFault = (thrown: unknown): DatabaseFault => {
  const error = driverError(thrown);
  if (error instanceof AppError) return error.code === 'unavailable' ? 'away' : 'refused';
  const state = sqlState(error);
  if (state === undefined) {
    const ours = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError;
    return error instanceof Error && !ours ? 'away' : 'refused';
  }
  if (state === readOnlyTransaction) return 'read-only';
  if (tooLong.has(state)) return 'too-slow';
  return passing.test(state) || isPoolerRefusal(error) ? 'away' : 'refused';
};

/** A character that no text of PostgreSQL can have, as that of code 0. */
const noText = new Set(['22021', '22P05']);

/** What a database that answers says of itself; whoever was asked for a change made none. */
const troubles: readonly (readonly [RegExp, string])[] = [
  [/^53100/, 'The disk of the database is full; nothing was changed.'],
  [/^53200/, 'The database is out of memory; nothing was changed.'],
  [/^53300/, 'The database takes no more connections at the moment; nothing was changed.'],
  [/^53/, 'The database lacks what it needs at the moment; nothing was changed.'],
  [/^58/, 'The system under the database fails; nothing was changed.'],
  [/^40/, 'The database was asked for too much at once; nothing was changed.'],
];
const awayInWords = (state: string | undefined): string =>
  troubles.find(([states]) => states.test(state ?? ''))?.[1] ?? 'The database cannot be reached.';

/**
 * The AppError of anything a store threw: `unavailable` when the database is away or read-only, `deadline_exceeded`
 * when it was too slow, `invalid_argument` for a text that it cannot keep, `internal` for the rest. What is an AppError already stays. Statements, their parameters and
 * the rows they failed on, which may hold secrets, are left out of the cause.
 */
export const fromPostgresError = (thrown: unknown): AppError => {
  if (thrown instanceof AppError) return thrown;
  const error = driverError(thrown);
  if (error instanceof AppError) return error;
  const state = sqlState(error);
  if (state === undefined && !(thrown instanceof DrizzleQueryError)) return toAppError(thrown);
  const cause = Object.assign(new Error(error instanceof Error ? error.message : String(error)), {
    name: 'PostgresError',
    ...(state === undefined ? { code: codeOf(error) } : { code: state }),
    ...(violatedConstraint(error) === undefined ? {} : { constraint: violatedConstraint(error) }),
  });
  switch (databaseFault(error)) {
    case 'too-slow':
      return new AppError('deadline_exceeded', 'The database took too long to answer.', { cause });
    case 'read-only':
      return new AppError('unavailable', 'The database is read-only at the moment; nothing was changed.', {
        cause,
        retryAfterMs: 1_000,
      });
    case 'away':
      return new AppError('unavailable', awayInWords(state), { cause, retryAfterMs: 1_000 });
    case 'refused':
      // Whoever gave it is told so: it is no failure here, which would keep others from asking.
      if (noText.has(state ?? ''))
        return new AppError('invalid_argument', 'A text has a character that cannot be kept.', { cause });
      return new AppError('internal', 'Something went wrong on our side.', { cause });
  }
};
