import { AppError } from '@tickfolio/lib/errors';
import { ProxyFault } from '@tickfolio/lib/outbound';
import { answerInWords, saidIn } from './exchange-words.js';
import { retryAfterMsOf } from './retry-after.js';

/** The error for an answer that is none. Its facts `status` tells what a caller may want to act on. */
export const refusalOf = (response: Response, text: string, refusedRetryMs: number): AppError => {
  const { status } = response;
  const { code, words } = saidIn(text);
  const said = answerInWords(status, words);
  const facts = { status: String(status) };
  if (status === 403 || status === 451) {
    const message = `The exchange refuses this address (${said}); set BINANCE_REST_URL to one that serves it.`;
    return new AppError('failed_precondition', message, { retryAfterMs: refusedRetryMs, facts });
  }
  if (status === 429 || status === 418) {
    const what = status === 418 ? 'has banned this address for a while' : 'says that too much was asked';
    return new AppError('resource_exhausted', `The exchange ${what} (${said}).`, {
      retryAfterMs: retryAfterMsOf(response.headers.get('retry-after')),
      facts,
    });
  }
  if (status >= 300 && status < 400)
    return new AppError(
      'unavailable',
      `What answers is not the exchange: it sends us elsewhere (${said}). A sign-in page of this network?`,
      {
        facts,
      },
    );
  if (code === -1121) return new AppError('not_found', 'The exchange does not list this symbol.', { facts });
  if (status >= 400 && status < 500)
    return new AppError('internal', `The exchange did not understand us (${said}).`, { facts });
  return new AppError('unavailable', `The exchange answered ${said}.`, { facts });
};

/** The error for a question that nobody answered. */
export const unreached = (err: unknown): AppError => {
  const cause = err instanceof Error && err.cause instanceof Error ? err.cause : err;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  const why =
    cause instanceof ProxyFault ? cause.message : (code ?? (cause instanceof Error ? cause.message : String(cause)));
  return new AppError('unavailable', `The exchange cannot be reached (${why}).`, { cause: err });
};

/** The JSON of an answer. @throws AppError for anything else, which names what it looks like */
export const readJson = (text: string, address: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { host } = new URL(address);
    const message = /^\s*</.test(text)
      ? `What answers at ${host} is not the exchange: it sent a web page. A sign-in page of this network, or a filter?`
      : 'The exchange sent something that is no JSON.';
    throw new AppError('unavailable', message, { cause });
  }
};
