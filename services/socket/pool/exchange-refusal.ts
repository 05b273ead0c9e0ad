import type { Logger } from '@tickfolio/lib/telemetry';
import type { ConnectionEnd } from '../exchange/exchange-connection.js';
import type { SocketLimits } from '../limits.js';
import { inWords } from '../rest/duration-words.js';
import { answerInWords } from '../rest/exchange-words.js';
import { refusalPauseMs } from '../rest/refusal-pause.js';
import type { ConnectionGate } from './connection-gate.js';

/** Why a connection ended, in words. */
export const wordsOf = (end: ConnectionEnd): string =>
  end.why === 'failed'
    ? end.detail
    : end.why === 'refused'
      ? `the exchange refuses this address (${answerInWords(end.status, end.said ?? '')})`
      : `the exchange says that too much was asked (${answerInWords(end.status, end.said ?? '')})`;

export interface ObeyDeps {
  readonly gate: ConnectionGate;
  readonly limits: SocketLimits;
  readonly log: Logger;
}

/** Keeps everybody away from an exchange that said no. */
export const obey = (end: ConnectionEnd, { gate, limits, log }: ObeyDeps): void => {
  if (end.why === 'limited') {
    gate.block(end.retryAfterMs);
    log.error(
      { status: end.status, retryAfterMs: end.retryAfterMs, reason: wordsOf(end) },
      'the exchange says that we connect too often',
    );
  } else if (end.why === 'refused') {
    const { isNews, retryInMs } = gate.refuse(wordsOf(end), (times) => refusalPauseMs(limits, times));
    if (!isNews) return;
    const [first, last] = [inWords(retryInMs), inWords(limits.refusedRetryMs)];
    log.error(
      { status: end.status, retryInMs, reason: wordsOf(end) },
      `the exchange refuses this address and is asked again in ${first}, then after pauses of up to ${last}; set BINANCE_WS_URL to one that serves it`,
    );
  }
};
