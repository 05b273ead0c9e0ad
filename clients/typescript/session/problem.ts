/** What the server answered instead of what was asked for, or that it did not answer. */
export class Problem extends Error {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Faults of single fields, in the server's words. */
  readonly fields: ReadonlyMap<string, string>;
  /** The stable words for them, where the server has some. */
  readonly reasons: ReadonlyMap<string, string>;
  /** When trying again may help. */
  readonly retryAfterMs: number | undefined;

  constructor(
    status: number,
    message: string,
    fields: ReadonlyMap<string, string> = new Map(),
    retryAfterMs?: number,
    reasons: ReadonlyMap<string, string> = new Map(),
  ) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.fields = fields;
    this.reasons = reasons;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What nobody is signed in for, or not who began it. */
export const signedOut = () => new Problem(401, '');

/** Reads an answer of the server's `application/problem+json`. */
export const problemOf = async (response: Response): Promise<Problem> => {
  const seconds = Number(response.headers.get('retry-after'));
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
  const body = (await response.json().catch(() => ({}))) as { detail?: unknown; errors?: unknown };
  const [fields, reasons] = [new Map<string, string>(), new Map<string, string>()];
  for (const fault of Array.isArray(body.errors) ? body.errors : []) {
    const { field, message, reason } = fault as { field?: unknown; message?: unknown; reason?: unknown };
    if (typeof field === 'string' && typeof message === 'string') fields.set(field, message);
    if (typeof field === 'string' && typeof reason === 'string') reasons.set(field, reason);
  }
  const detail = typeof body.detail === 'string' ? body.detail : response.statusText;
  return new Problem(response.status, detail, fields, retryAfterMs, reasons);
};

export const isProblem = (thrown: unknown, status?: number): thrown is Problem =>
  thrown instanceof Problem && (status === undefined || thrown.status === status);
