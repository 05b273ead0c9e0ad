import { isUtf8 } from 'node:buffer';
import { AppError } from '@tickfolio/lib/errors';
import type { FastifyInstance } from 'fastify';
import { requireOneMeaning } from './json-text.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Told as what it is: the answer says that the body is no JSON.
  }
};
const forbiddenKey = 'No object of the body may have the key "__proto__", or "constructor" with a "prototype" in it.';
const noUtf8 = { field: 'body', message: 'must be UTF-8' };

/**
 * JSON is the only body, and an empty one with the JSON type is no body: clients set the type on calls that have none.
 * Every text in it is well-formed Unicode, and no object has a key twice.
 */
export const acceptJsonOnly = (app: FastifyInstance) => {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    if (bytes.length === 0) return done(null, undefined);
    // Decoding would put the same character in the place of all bytes that are none.
    if (!isUtf8(bytes))
      return done(new AppError('invalid_argument', 'The body is not valid: it is no UTF-8.', { fields: [noUtf8] }));
    const json = bytes.toString();
    parse(request, json, (fault, value) => {
      if (fault) return done(isJson(json) ? new AppError('invalid_argument', forbiddenKey, { cause: fault }) : fault);
      try {
        requireOneMeaning(json, value);
        done(null, value);
      } catch (err) {
        done(err as AppError);
      }
    });
  });
};
