import { Type } from 'typebox';

/** What is answered instead of what was asked for. */
export const Problem = Type.Object(
  {
    type: Type.String({
      description: 'the page that explains the reason',
      examples: ['/docs/errors/invalid-argument'],
    }),
    title: Type.String({ examples: ['Invalid request'] }),
    status: Type.Integer({ examples: [400] }),
    detail: Type.String({ examples: ['The request is not valid: quantity is required.'] }),
    code: Type.String({
      description: 'the reason, for programs',
      examples: ['urn:tickfolio:problem:invalid-argument'],
    }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ examples: ['quantity'] }),
          message: Type.String({ examples: ['is required'] }),
          reason: Type.Optional(
            Type.String({ description: 'a stable word for programs', examples: ['password-common'] }),
          ),
        }),
      ),
    ),
    facts: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'what is behind a refusal, such as `available` and `needed`, or the `order` that was refused',
      }),
    ),
    exchangeCode: Type.Optional(
      Type.Integer({ description: 'what the exchange answers to the same', examples: [-2010] }),
    ),
    requestId: Type.Optional(Type.String()),
  },
  { description: 'A problem as RFC 9457 has it.' },
);

const problemStatus = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});
const descriptions: Readonly<Record<number, string>> = {
  400: 'The request is malformed; `errors` names the fields of a body.',
  401: 'Not signed in.',
  403: 'A page of another site asked, or this session may not do it now; `type` says why.',
  404: 'Not held, or not there.',
  409: 'It conflicts with what is there; nothing was changed.',
  413: 'The body is too large.',
  415: 'The body is not `application/json`.',
  422: 'It is well formed, but there is no such thing: a symbol that is not listed or cannot be valued in USDT, a currency.',
  426: 'This is a WebSocket of version 13; `Upgrade` says so.',
  429: 'Too many attempts; see Retry-After.',
  503: 'Temporarily unavailable; see Retry-After.',
  504: 'Not answered in time, so it is not known whether it was done; `detail` says how to find out.',
};

/** The `response` entries of the problems that a route may answer with. */
export const problems = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, problemStatus(descriptions[status] ?? 'Refused.')]));
