/** What a problem says besides its status and its words. */
interface ProblemFacts {
  readonly fields?: ReadonlyMap<string, string>;
  readonly reasons?: ReadonlyMap<string, string>;
  readonly retryAfterMs?: number | undefined;
  readonly reason?: string;
  readonly requestId?: string | undefined;
  readonly facts?: Readonly<Record<string, unknown>>;
}

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
  /** Why, as a stable word in kebab-case; empty where the server gave none. */
  readonly reason: string;
  /** By which the server's log has it. */
  readonly requestId: string | undefined;
  /** What is behind a refusal, such as `available` and `needed`, or the `order` that was refused. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, more: ProblemFacts = {}) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.fields = more.fields ?? new Map();
    this.reasons = more.reasons ?? new Map();
    this.retryAfterMs = more.retryAfterMs;
    this.reason = more.reason ?? '';
    this.requestId = more.requestId;
    this.facts = more.facts ?? {};
  }
}

/** What nobody is signed in for, or not who began it. */
export const signedOut = () => new Problem(401, '');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads an answer of the server's `application/problem+json`. */
export const problemOf = async (response: Response): Promise<Problem> => {
  const seconds = Number(response.headers.get('retry-after'));
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
  const said: unknown = await response.json().catch(() => undefined); // Of a proxy it is no JSON, or any.
  const body = isObject(said) ? said : {};
  const [fields, reasons] = [new Map<string, string>(), new Map<string, string>()];
  for (const fault of Array.isArray(body.errors) ? (body.errors as readonly unknown[]) : []) {
    if (!isObject(fault)) continue;
    const { field, message, reason } = fault;
    if (typeof field === 'string' && typeof message === 'string') fields.set(field, message);
    if (typeof field === 'string' && typeof reason === 'string') reasons.set(field, reason);
  }
  const textOf = (key: string) => (typeof body[key] === 'string' ? body[key] : undefined);
  const reason = textOf('code')?.split(':').at(-1) ?? '';
  const more = { fields, reasons, retryAfterMs, reason, requestId: textOf('requestId') };
  const facts = isObject(body.facts) ? body.facts : {};
  return new Problem(response.status, textOf('detail') ?? response.statusText, { ...more, facts });
};

export const isProblem = (thrown: unknown, status?: number): thrown is Problem =>
  thrown instanceof Problem && (status === undefined || thrown.status === status);

/**
 * What a good answer says, which is an object always. @throws Problem where it is none, or lacks a name, as of something
 * in between that answers for the server
 * @param names that it has
 */
export const bodyOf = async (response: Response, ...names: readonly string[]): Promise<Record<string, unknown>> => {
  const body: unknown = await response.json().catch(() => undefined);
  if (!isObject(body) || names.some((name) => !(name in body)))
    throw new Problem(0, 'Something in between answered, and not the server.');
  return body;
};
