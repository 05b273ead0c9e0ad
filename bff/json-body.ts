import { AppError } from '@tickfolio/lib/errors';
import type { FastifyInstance } from 'fastify';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Told as what it is: the answer says that the body is no JSON.
  }
};
const forbiddenKey = 'No object of the body may have the key "__proto__", or "constructor" with a "prototype" in it.';

/** JSON is the only body, and an empty one with the JSON type is no body: clients set the type on calls that have none. */
export const acceptJsonOnly = (app: FastifyInstance) => {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else
      parse(request, String(body), (fault, value) =>
        done(fault && isJson(String(body)) ? new AppError('invalid_argument', forbiddenKey, { cause: fault }) : fault, value),
      );
  });
};
