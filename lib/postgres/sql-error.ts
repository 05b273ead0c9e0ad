import { DrizzleQueryError } from 'drizzle-orm';
import { AppError, toAppError } from '../errors/errors.js';

/** SQLSTATEs that callers decide by. */
export const uniqueViolation = '23505';
export const checkViolation = '23514';

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
  return error instanceof Error && 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined;
};

/** Connection lost or refused, server out of resources, shutting down or starting, serialization failure, deadlock. */
const passing = /^(08|53|57P0[1-5]|58|40001|40P01)/;
/** A statement or a lock wait that took too long. */
const tooLong = new Set(['57014', '55P03', '25P03', '25P04']);

/**
 * True when the database could not be reached or did not answer, as opposed to refusing a statement. Only for what a
 * statement or a connection attempt threw: a driver gives such errors no SQLSTATE.
 */
export const isConnectionFault = (thrown: unknown): boolean => {
  const error = driverError(thrown);
  if (error instanceof AppError) return error.code === 'unavailable';
  const state = sqlState(error);
  if (state !== undefined) return passing.test(state);
  return error instanceof Error && !(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError);
};

/**
 * The AppError of anything a store threw: `unavailable` when the database is away, `deadline_exceeded` when it was too slow,
 * `internal` for the rest. What is an AppError already stays. Statements, their parameters and the rows they failed on,
 * which may hold secrets, are left out of the cause.
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
  if (state !== undefined && tooLong.has(state))
    return new AppError('deadline_exceeded', 'The database took too long to answer.', { cause });
  if (isConnectionFault(error)) return new AppError('unavailable', 'The database cannot be reached.', { cause, retryAfterMs: 1_000 });
  return new AppError('internal', 'Something went wrong on our side.', { cause });
};
