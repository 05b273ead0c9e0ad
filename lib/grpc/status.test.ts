import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode, httpStatusOf } from '../errors/errors.js';
import { fromGrpcError, grpcStatusOf, toGrpcStatus } from './status.js';

const codes = Object.keys(grpcStatusOf) as ErrorCode[];
const asReceived = ({ code, details, metadata }: { code: status; details: string; metadata: Metadata }): ServiceError =>
  Object.assign(new Error(`${code}: ${details}`), { code, details, metadata });

describe('AppError and gRPC status', () => {
  it('cover the same codes as HTTP does', () => {
    expect(codes.sort()).toEqual(Object.keys(httpStatusOf).sort());
  });

  it('gives every error back as it was sent: code, message, fields, retry time and facts', () => {
    const fields = fc.array(fc.record({ field: fc.string(), message: fc.string() }), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.constantFrom(...codes),
        fc.string(),
        fields,
        fc.option(fc.nat(), { nil: undefined }),
        fc.option(fc.record({ one: fc.string(), two: fc.string() }), { nil: {} }),
        (code, message, faults, wait, facts) => {
          const sent = new AppError(code, message, {
            fields: faults,
            facts,
            ...(wait === undefined ? {} : { retryAfterMs: wait }),
          });
          const { code: statusCode, ...rest } = toGrpcStatus(sent);
          expect(statusCode).toBe(grpcStatusOf[code]);
          const read = fromGrpcError(asReceived({ code: statusCode, ...rest }));
          const { code: readCode, message: readMessage, fields: readFields, retryAfterMs, facts: readFacts } = read;
          expect([readCode, readMessage, readFields, retryAfterMs, readFacts]).toEqual([
            code,
            message,
            faults,
            wait,
            facts,
          ]);
        },
      ),
    );
  });

  it('gives the closer word back too, and takes none that it does not know', () => {
    const sent = new AppError('permission_denied', 'Once more, please.', { problem: 'reauthenticate' });
    expect(fromGrpcError(asReceived(toGrpcStatus(sent))).problem).toBe('reauthenticate');
    const { code, details, metadata } = toGrpcStatus(new AppError('permission_denied', 'No.'));
    metadata.set('tickfolio-error-bin', Buffer.from('{"code":"permission_denied","problem":"of-a-later-build"}'));
    expect(fromGrpcError(asReceived({ code, details, metadata })).problem).toBeUndefined();
  });

  it('tells nobody the text of an unexpected error', () => {
    const sent = toGrpcStatus(new Error('password=secret at /srv/app.js'));
    expect(sent.code).toBe(status.INTERNAL);
    expect(JSON.stringify([sent.details, sent.metadata.getMap()])).not.toContain('secret');
  });

  it.each([
    [status.INVALID_ARGUMENT, 'invalid_argument'],
    [status.OUT_OF_RANGE, 'invalid_argument'],
    [status.UNAUTHENTICATED, 'unauthenticated'],
    [status.PERMISSION_DENIED, 'permission_denied'],
    [status.NOT_FOUND, 'not_found'],
    [status.ALREADY_EXISTS, 'already_exists'],
    [status.FAILED_PRECONDITION, 'failed_precondition'],
    [status.ABORTED, 'failed_precondition'],
    [status.RESOURCE_EXHAUSTED, 'resource_exhausted'],
    [status.CANCELLED, 'canceled'],
    [status.DEADLINE_EXCEEDED, 'deadline_exceeded'],
    [status.UNAVAILABLE, 'unavailable'],
    [status.INTERNAL, 'internal'],
    [status.UNKNOWN, 'internal'],
    [status.DATA_LOSS, 'internal'],
    [status.UNIMPLEMENTED, 'unavailable'],
  ] as const)('reads the plain status %i of a peer that is not ours as %s, without its words', (code, expected) => {
    const received = asReceived({ code, details: 'connect ECONNREFUSED 10.1.2.3:50051', metadata: new Metadata() });
    const read = fromGrpcError(received);
    expect(read.code).toBe(expected);
    expect(read.message).not.toContain('10.1.2.3');
    expect(read.cause).toBe(received);
  });

  it.each(['garbage', '{"code":"no_such_code"}', '[]', 'null'])('passes over a trailer that reads %s', (text) => {
    const metadata = new Metadata();
    metadata.set('tickfolio-error-bin', Buffer.from(text));
    expect(fromGrpcError(asReceived({ code: status.NOT_FOUND, details: 'x', metadata })).code).toBe('not_found');
  });

  it('leaves an AppError alone and makes anything else internal', () => {
    const own = new AppError('not_found', 'gone');
    expect(fromGrpcError(own)).toBe(own);
    expect(fromGrpcError('text').code).toBe('internal');
    expect(fromGrpcError(new TypeError('x')).code).toBe('internal');
  });
});
