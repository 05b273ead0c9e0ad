import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '../errors/errors.js';
import { problemOf } from './problem.js';
import { HttpRefusal } from './refusal.js';

/** The client gets so long to take the answer and leave; cut at once it would often see no answer at all. */
const lingerMs = 1_000;

/**
 * Answers a connection on which there is no request to reply to, and ends it. @param errorPages as `problemOf` has it
 */
export const endWithProblem = (socket: Duplex, error: AppError, errorPages?: string): void => {
  if (socket.writableEnded) return; // Answered; what else arrives is read and dropped.
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(error, undefined, errorPages);
  const body = JSON.stringify(problem);
  const headers = {
    ...(error instanceof HttpRefusal ? error.headers : {}),
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`);
  const cut = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(cut));
};

const faultOf = (code: string | undefined): AppError => {
  if (code === 'HPE_HEADER_OVERFLOW') return new HttpRefusal(431, 'The headers of the request are too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new HttpRefusal(408, 'The request did not arrive whole in time.');
  return new AppError('invalid_argument', 'The request is not valid HTTP.');
};

/**
 * Whether an answer has begun on this connection, which half of another must not follow. Node's own handling looks at
 * the same.
 */
const isAnswering = (socket: Socket & { readonly _httpMessage?: { readonly headersSent: boolean } | null }): boolean =>
  socket._httpMessage?.headersSent === true;

/** For fastify's option of this name: answers what is no readable request at all. */
export const clientErrorHandlerWith =
  (errorPages?: string) =>
  (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || isAnswering(socket)) socket.destroy();
    else endWithProblem(socket, faultOf(error.code), errorPages);
  };
