import { orderProblems } from './order-problems.js';

/** What went wrong, in the words every edge understands. Names follow gRPC's status codes. */
export type ErrorCode =
  | 'invalid_argument'
  | 'unprocessable'
  | 'unauthenticated'
  | 'permission_denied'
  | 'not_found'
  | 'already_exists'
  | 'failed_precondition'
  | 'resource_exhausted'
  | 'payload_too_large'
  | 'canceled'
  | 'deadline_exceeded'
  | 'unavailable'
  | 'internal';

/** One fault of one input field. `message` is a sentence for the person who sent it. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
  /** The same as a stable word in kebab-case, for programs that say it in another language. */
  readonly reason?: string;
}

/** Refusals with a word and a page of their own, closer than that of their code, and what each is called. */
export const closerProblems = {
  reauthenticate: { code: 'permission_denied', title: 'Prove again that it is you' },
  'operator-only': { code: 'permission_denied', title: 'For operators only' },
  'name-taken': { code: 'already_exists', title: 'The name is taken' },
  'limit-reached': { code: 'failed_precondition', title: 'There are as many as there may be' },
  'wrong-state': { code: 'failed_precondition', title: 'Not in this state' },
  archived: { code: 'failed_precondition', title: 'Archived' },
  'wrong-kind': { code: 'failed_precondition', title: 'Not for portfolios of this kind' },
  'insufficient-balance': { code: 'failed_precondition', title: 'There is not so much' },
  gone: { code: 'not_found', title: 'Gone with its account' },
  'unknown-currency': { code: 'unprocessable', title: 'Worth is not told in this currency' },
  'unknown-asset': { code: 'unprocessable', title: 'The exchange does not list this asset' },
  ...orderProblems,
} as const satisfies Readonly<Record<string, { readonly code: ErrorCode; readonly title: string }>>;

export type CloserProblem = keyof typeof closerProblems;

/** What a program is told of a refusal besides its reason. */
export interface ToldBesides {
  /** What is behind it, such as how much there is. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** The number by which the exchange knows such a refusal. */
  readonly exchangeCode?: number;
}

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** A closer word for it than its code. */
  readonly problem?: CloserProblem | undefined;
  /** Which fields were wrong and why. */
  readonly fields?: readonly FieldError[];
  /** When a repeat may succeed, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** For the service that called, such as which session ended; crosses gRPC and is never shown to a client. */
  readonly facts?: Readonly<Record<string, string>>;
  /** For the client, in the problem that it gets; does not cross gRPC. */
  readonly told?: ToldBesides | undefined;
}

/**
 * The only error type that crosses a boundary of this product. `message` is safe to show to the caller; `cause` is not.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly problem: CloserProblem | undefined;
  readonly fields: readonly FieldError[];
  readonly retryAfterMs: number | undefined;
  readonly facts: Readonly<Record<string, string>>;
  readonly told: ToldBesides | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.problem = options.problem;
    this.fields = options.fields ?? [];
    this.retryAfterMs = options.retryAfterMs;
    this.facts = options.facts ?? {};
    this.told = options.told;
  }
}

/**
 * Thrown at a start, or given to a lifecycle's `fail`, for a fault that the operator can mend; printed as plain text,
 * without a stack.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Makes an AppError of anything thrown. What is not one already becomes `internal`, its text kept as the cause only.
 */
export const toAppError = (thrown: unknown): AppError =>
  thrown instanceof AppError
    ? thrown
    : new AppError('internal', 'Something went wrong on our side.', { cause: thrown });

/** A field of a request that cannot be read, in the words in which all of them are told. */
export const invalidField = (field: string, message: string): AppError =>
  new AppError('invalid_argument', `The request is not valid: ${field} ${message}.`, { fields: [{ field, message }] });

/** What a cursor is that some page gave. */
export const cursorForm = 'must be `next` of the page before';
export const invalidCursor = (): AppError => invalidField('cursor', cursorForm);

/** A number of rows that no page has. */
export const invalidLimit = (max: number): AppError => invalidField('limit', `must be a whole number from 1 to ${max}`);

/** An Idempotency-Key that stands for another request already. */
export const differentRequest = (): AppError => {
  const message = 'was used for another request already';
  return new AppError(
    'failed_precondition',
    `The Idempotency-Key ${message}; nothing was changed. Each new request takes a new key.`,
    {
      fields: [{ field: 'idempotency-key', message, reason: 'different-request' }],
    },
  );
};

/** HTTP status and problem title of each code. */
export const httpStatusOf: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  invalid_argument: { status: 400, title: 'Invalid request' },
  unprocessable: { status: 422, title: 'Cannot be processed' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  permission_denied: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  already_exists: { status: 409, title: 'Already exists' },
  failed_precondition: { status: 409, title: 'Conflict' },
  resource_exhausted: { status: 429, title: 'Too many requests' },
  payload_too_large: { status: 413, title: 'Body too large' },
  canceled: { status: 499, title: 'Canceled by the caller' },
  deadline_exceeded: { status: 504, title: 'Timed out' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
  internal: { status: 500, title: 'Internal error' },
};
