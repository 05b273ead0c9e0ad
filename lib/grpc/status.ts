import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import {
  AppError,
  type CloserProblem,
  closerProblems,
  type ErrorCode,
  type FieldError,
  toAppError,
} from '../errors/errors.js';

/** gRPC status of each code; the pair of `httpStatusOf`. */
export const grpcStatusOf: Readonly<Record<ErrorCode, status>> = {
  invalid_argument: status.INVALID_ARGUMENT,
  unprocessable: status.INVALID_ARGUMENT,
  payload_too_large: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  permission_denied: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  already_exists: status.ALREADY_EXISTS,
  failed_precondition: status.FAILED_PRECONDITION,
  resource_exhausted: status.RESOURCE_EXHAUSTED,
  canceled: status.CANCELLED,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  unavailable: status.UNAVAILABLE,
  internal: status.INTERNAL,
};

/** As gRPC spells it, such as `UNAVAILABLE`. */
export const codeName = (code: status): string => status[code] ?? String(code);

const codeOfStatus = new Map<status, ErrorCode>([
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
  // Of an earlier build, as while replicas are renewed one after the other: another one may know it.
  [status.UNIMPLEMENTED, 'unavailable'],
]);

const detailKey = 'tickfolio-error-bin';

interface Detail {
  readonly code: ErrorCode;
  readonly problem?: CloserProblem;
  readonly fields?: readonly FieldError[];
  readonly retryAfterMs?: number;
  readonly facts?: Readonly<Record<string, string>>;
}

export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** What a failed call answers: the status, the message, and in its trailer what a status alone cannot carry. */
export const toGrpcStatus = (thrown: unknown): GrpcStatus => {
  const error = toAppError(thrown);
  const metadata = new Metadata();
  const detail: Detail = {
    code: error.code,
    ...(error.problem ? { problem: error.problem } : {}),
    ...(error.fields.length ? { fields: error.fields } : {}),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(Object.keys(error.facts).length ? { facts: error.facts } : {}),
  };
  metadata.set(detailKey, Buffer.from(JSON.stringify(detail)));
  return { code: grpcStatusOf[error.code], details: error.message, metadata };
};

const isServiceError = (thrown: unknown): thrown is ServiceError =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number' && 'details' in thrown;

const readDetail = (metadata: Metadata | undefined): Detail | undefined => {
  const [raw] = metadata?.get(detailKey) ?? [];
  if (!Buffer.isBuffer(raw)) return undefined;
  try {
    const detail = JSON.parse(raw.toString()) as Detail;
    return detail.code in grpcStatusOf ? detail : undefined;
  } catch {
    return undefined; // A peer that is not ours; its plain status still counts.
  }
};

/**
 * What a caller is told of a failure that no service of ours put into words: the library's own words name addresses.
 */
const sentences: Partial<Readonly<Record<ErrorCode, string>>> = {
  canceled: 'The call was canceled.',
  deadline_exceeded: 'The service did not answer in time.',
  unavailable: 'The service cannot be reached at the moment.',
};

/**
 * Whether a failed call is one that the service does not know, being of an earlier build. It is there, and another
 * replica of it may know it.
 */
export const isUnknownCall = ({ cause }: AppError): boolean =>
  isServiceError(cause) && cause.code === status.UNIMPLEMENTED;

/** `unavailable`, of a call that was on its way when the connection to the service broke: it may have been done. */
export class BrokenCallError extends AppError {}

/**
 * The AppError of a failed call; the pair of `toGrpcStatus`.
 * @param wasSent whether it had gone out to the service
 */
export const fromGrpcError = (thrown: unknown, wasSent = false): AppError => {
  if (thrown instanceof AppError) return thrown;
  if (!isServiceError(thrown)) return toAppError(thrown);
  const detail = readDetail(thrown.metadata);
  const code = detail?.code ?? codeOfStatus.get(thrown.code) ?? 'internal';
  const plain =
    thrown.code === status.UNIMPLEMENTED
      ? 'A part of the service is of an earlier build, which cannot do this yet.'
      : sentences[code];
  const message = detail ? thrown.details : (plain ?? 'Something went wrong on our side.');
  // What the service itself says has a detail.
  const isBroken = wasSent && !detail && thrown.code === status.UNAVAILABLE;
  return new (isBroken ? BrokenCallError : AppError)(code, message, {
    cause: thrown,
    // One that this build does not know is still what its code says.
    ...(detail?.problem && Object.hasOwn(closerProblems, detail.problem) ? { problem: detail.problem } : {}),
    ...(detail?.fields ? { fields: detail.fields } : {}),
    ...(detail?.retryAfterMs === undefined ? {} : { retryAfterMs: detail.retryAfterMs }),
    ...(detail?.facts ? { facts: detail.facts } : {}),
  });
};
