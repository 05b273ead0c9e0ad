import type { Logger } from '@tickfolio/lib/telemetry';
import type { ConnectionGate } from './connection-gate.js';
import type { ConnectionEnd } from './exchange-connection.js';
import { answerInWords } from './exchange-words.js';
import type { SocketLimits } from './limits.js';

/** Why a connection ended, in words. */
export const wordsOf = (end: ConnectionEnd): string =>
  end.why === 'failed'
    ? end.detail
    : `the exchange answered ${answerInWords(end.status, end.said ?? '')}${end.why === 'refused' ? ' and refuses this address' : '; too many requests'}`;

export interface ObeyDeps {
  readonly gate: ConnectionGate;
  readonly limits: SocketLimits;
  readonly log: Logger;
}

/** Keeps everybody away from an exchange that said no. */
export const obey = (end: ConnectionEnd, { gate, limits, log }: ObeyDeps): void => {
  if (end.why === 'limited') {
    gate.block(end.retryAfterMs);
    log.error({ status: end.status, retryAfterMs: end.retryAfterMs, reason: wordsOf(end) }, 'the exchange says that we connect too often');
  } else if (end.why === 'refused') {
    gate.block(limits.refusedRetryMs);
    if (gate.refusal === undefined) {
      log.error(
        { status: end.status, retryInMs: limits.refusedRetryMs, reason: wordsOf(end) },
        `the exchange refuses this address and is asked again every ${Math.round(limits.refusedRetryMs / 60_000)} minutes; set BINANCE_WS_URL to one that serves it`,
      );
    }
    gate.refusal = wordsOf(end);
  }
};
