import { AppError } from '../errors/errors.js';

/** The titles of refusals that only HTTP knows. */
const titles = {
  405: 'Method not allowed',
  408: 'Request timed out',
  414: 'Address too long',
  415: 'Unsupported media type',
  417: 'Expectation failed',
  426: 'Upgrade required',
  431: 'Headers too large',
} as const;

export type RefusalStatus = keyof typeof titles;
export const refusalStatuses = Object.keys(titles).map(Number) as RefusalStatus[];

/** A refusal that is a matter of HTTP and of nothing behind it. */
export class HttpRefusal extends AppError {
  readonly status: RefusalStatus;
  readonly title: string;
  /** Sent with the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: RefusalStatus, message: string, headers: Readonly<Record<string, string>> = {}, cause?: unknown) {
    super('invalid_argument', message, { cause });
    this.status = status;
    this.title = titles[status];
    this.headers = headers;
  }

  /** Undefined when the status is none of these. */
  static of(status: number, message: string, cause?: unknown): HttpRefusal | undefined {
    return status in titles ? new HttpRefusal(status as RefusalStatus, message, {}, cause) : undefined;
  }
}
