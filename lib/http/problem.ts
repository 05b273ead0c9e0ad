import type { FastifyError, FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify';
import {
  AppError,
  type CloserProblem,
  closerProblems,
  type ErrorCode,
  type FieldError,
  httpStatusOf,
  toAppError,
} from '../errors/errors.js';
import { requestIdKey } from '../telemetry/telemetry.js';
import { HttpRefusal, refusalStatuses } from './refusal.js';
import { createRouteTable } from './route-table.js';

/** RFC 9457 problem details. */
export interface Problem {
  /** The page that explains the reason, where the server has such pages; else what `code` is. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The reason as a URN. */
  readonly code: string;
  readonly errors?: readonly FieldError[];
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly exchangeCode?: number;
  readonly requestId?: string;
}

const kindOf = (error: AppError) => {
  if (error.problem)
    return {
      reason: error.problem,
      title: closerProblems[error.problem].title,
      status: httpStatusOf[error.code].status,
    };
  const { status, title } = error instanceof HttpRefusal ? error : httpStatusOf[error.code];
  const name = error instanceof HttpRefusal ? title.toLowerCase() : error.code;
  return { reason: name.replaceAll(/[ _]/g, '-'), title, status };
};

/** What any server may answer instead of what was asked for, by its reason, a stable word in kebab-case. */
export const problemKinds: ReadonlyMap<string, { readonly title: string; readonly status: number }> = new Map(
  [
    ...(Object.keys(httpStatusOf) as ErrorCode[]).map((code) => new AppError(code, '')),
    ...(Object.keys(closerProblems) as CloserProblem[]).map(
      (problem) => new AppError(closerProblems[problem].code, '', { problem }),
    ),
    ...refusalStatuses.map((status) => new HttpRefusal(status, '')),
  ]
    .map(kindOf)
    .sort((a, b) => a.status - b.status || (a.reason < b.reason ? -1 : 1))
    .map(({ reason, ...kind }) => [reason, kind]),
);

/** @param errorPages under which address, with a slash at its end, each reason has a page. Default nowhere */
export const problemOf = (error: AppError, requestId?: string, errorPages?: string): Problem => {
  const { reason, title, status } = kindOf(error);
  const code = `urn:tickfolio:problem:${reason}`;
  return {
    type: errorPages === undefined ? code : `${errorPages}${reason}`,
    title,
    status,
    detail: error.message,
    code,
    ...(error.fields.length ? { errors: error.fields } : {}),
    ...error.told,
    ...(requestId === undefined ? {} : { requestId }),
  };
};

const codeOfHttpStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_argument',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  413: 'payload_too_large',
  429: 'resource_exhausted',
  503: 'unavailable',
};

const sentences: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty; send a JSON object.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as application/json.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its Content-Length says.',
  FST_ERR_BAD_URL: 'The address is not a valid URL.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is too long.',
};

/** Turns fastify's own errors (validation, parsing, limits) into ours. */
const fromFastify = (error: FastifyError): AppError => {
  if (error instanceof AppError) return error;
  if (error.validation) {
    const fields = error.validation.map((fault) => {
      const missing = typeof fault.params?.missingProperty === 'string' ? fault.params.missingProperty : undefined;
      const extra = typeof fault.params?.additionalProperty === 'string' ? fault.params.additionalProperty : undefined;
      const path = fault.instancePath.replace(/^\//, '').replaceAll('/', '.');
      const field = [path, missing ?? extra].filter(Boolean).join('.') || (error.validationContext ?? 'body');
      const message = missing ? 'is required' : extra ? 'is not a known field' : (fault.message ?? 'is not valid');
      return { field, message };
    });
    return new AppError('invalid_argument', `The ${error.validationContext ?? 'request'} is not valid.`, {
      fields,
      cause: error,
    });
  }
  const status = error.statusCode ?? 500;
  const words = sentences[error.code] ?? error.message;
  const refusal = HttpRefusal.of(status, words, error);
  if (refusal) return refusal;
  const code = codeOfHttpStatus[status] ?? (status < 500 ? 'invalid_argument' : 'internal');
  if (code === 'internal') return toAppError(error);
  return new AppError(code, words, { cause: error });
};

const send = (reply: FastifyReply, error: AppError, errorPages: string | undefined): FastifyReply => {
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
  if (error instanceof HttpRefusal) reply.headers(error.headers);
  const problem = problemOf(error, reply.request.id, errorPages);
  return reply.code(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
};

/**
 * For fastify's option of this name: answers what fails before an error handler is asked, such as an unreadable URL.
 */
export const frameworkErrorsWith =
  (errorPages?: string): NonNullable<FastifyServerOptions['frameworkErrors']> =>
  (error, request, reply) => {
    reply.header(requestIdKey, request.id); // No hook runs before this.
    send(reply as FastifyReply, fromFastify(error), errorPages);
  };

/** Answers every error of the app, its own and fastify's, as problem+json. */
export const setProblemHandlers = (app: FastifyInstance, errorPages?: string): void => {
  app.setErrorHandler<FastifyError>((thrown, request, reply) => {
    const error = fromFastify(thrown);
    if (error.code === 'internal') request.log.error({ err: error }, 'request failed');
    else request.log.debug({ code: error.code, reason: error.message }, 'request refused');
    return send(reply, error, errorPages);
  });
  const routes = createRouteTable(app);
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const allowed = routes.methodsAt(path);
    if (allowed.length === 0)
      return send(reply, new AppError('not_found', `There is nothing at ${request.method} ${path}.`), errorPages);
    const words = `${path} does not take ${request.method}; it takes ${allowed.join(', ')}.`;
    return send(reply, new HttpRefusal(405, words, { allow: allowed.join(', ') }), errorPages);
  });
};
