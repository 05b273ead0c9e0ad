import { describe, expect, it } from 'vitest';
import { AppError, httpStatusOf, toAppError } from './errors.js';

describe('AppError', () => {
  it('carries code, message, cause, fields and retry time', () => {
    const cause = new Error('inner');
    const error = new AppError('invalid_argument', 'Wrong.', {
      cause,
      fields: [{ field: 'a', message: 'is bad' }],
      retryAfterMs: 5,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'AppError',
      code: 'invalid_argument',
      message: 'Wrong.',
      cause,
      retryAfterMs: 5,
    });
    expect(error.fields).toEqual([{ field: 'a', message: 'is bad' }]);
  });

  it('has no cause, fields or retry time of its own accord', () => {
    const error = new AppError('not_found', 'Gone.');
    expect('cause' in error).toBe(false);
    expect(error.fields).toEqual([]);
    expect(error.retryAfterMs).toBeUndefined();
  });

  it('is what anything thrown becomes, without its text', () => {
    const own = new AppError('not_found', 'Gone.');
    expect(toAppError(own)).toBe(own);
    for (const thrown of [new TypeError('secret detail'), 'secret detail', undefined, null, { secret: 'detail' }]) {
      const error = toAppError(thrown);
      expect(error.code).toBe('internal');
      expect(error.message).not.toContain('secret');
      expect(error.cause).toBe(thrown);
    }
  });
});

it.each([
  ['invalid_argument', 400],
  ['unprocessable', 422],
  ['unauthenticated', 401],
  ['permission_denied', 403],
  ['not_found', 404],
  ['already_exists', 409],
  ['failed_precondition', 409],
  ['resource_exhausted', 429],
  ['payload_too_large', 413],
  ['canceled', 499],
  ['deadline_exceeded', 504],
  ['unavailable', 503],
  ['internal', 500],
] as const)('%s is HTTP %i', (code, status) => {
  expect(httpStatusOf[code].status).toBe(status);
  expect(httpStatusOf[code].title).not.toBe('');
});
