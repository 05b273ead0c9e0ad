import { type Clock, sleep } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { fetchText } from '@tickfolio/lib/http';
import { createOutbound, noProxies, type Outbound } from '@tickfolio/lib/outbound';
import { type ConnectionEnd, type ExchangeConnection, openExchangeConnection } from './exchange/exchange-connection.js';
import { streamNameOf } from './exchange/frame.js';
import { closedInWords } from './exchange/stream-address.js';
import type { ExchangePlace } from './exchange.js';
import { defaultLimits } from './limits.js';
import { wordsOf } from './pool/exchange-refusal.js';
import { portOf } from './rest/exchange-words.js';
import { readJson, refusalOf, unreached } from './rest/rest-refusal.js';
import { readServerTime } from './rest/server-time.js';

/** How long the exchange may take to prove itself. */
const probeTimeoutMs = 2_000;
/** Where both stream ports answer, the usual one may be later by so much. */
const headStartMs = 500;
const maxAnswerBytes = 65_536;
/** Asked for as any subscriber would; an answer proves that it is the exchange that streams there, data or not. */
const probeStream = streamNameOf('btcusdt', 'miniTicker');

export interface ExchangeProof {
  /** Where its streams answered; undefined where they did not. */
  readonly streamUrl: string | undefined;
  /** Why it cannot be used, with "it" for the exchange; undefined when it can. */
  readonly fault: string | undefined;
}

interface ProbeDeps {
  readonly clock: Clock;
  readonly outbound: Outbound;
}

const askTime = async ({ clock, outbound }: ProbeDeps, url: string): Promise<string | undefined> => {
  const bounds = {
    clock,
    who: 'it',
    silenceMs: probeTimeoutMs,
    totalMs: probeTimeoutMs,
    maxBytes: () => maxAnswerBytes,
  };
  try {
    const { response, text } = await fetchText(
      `${url}/api/v3/time`,
      { redirect: 'manual' },
      { ...bounds, fetch: outbound.fetch },
    );
    if (!response.ok) return refusalOf(response, text, 0).message;
    readServerTime(readJson(text, url));
    return undefined;
  } catch (err) {
    return err instanceof AppError ? err.message : unreached(err).message;
  }
};

interface StreamFault {
  readonly words: string;
  /** The exchange itself said no. */
  readonly refused: boolean;
}

const askStreams = ({ clock, outbound }: ProbeDeps, url: string) => {
  const limits = { ...defaultLimits, handshakeTimeoutMs: probeTimeoutMs, replyTimeoutMs: probeTimeoutMs, closeMs: 200 };
  const seconds = probeTimeoutMs / 1_000;
  let connection: ExchangeConnection | undefined;
  const fault = new Promise<StreamFault | undefined>((resolve) => {
    const proven = () => resolve(undefined);
    const ignored = () => undefined;
    const fail = (words: string, refused = false) => resolve({ words, refused });
    const events = {
      opened: ignored,
      frame: proven,
      tickers: ignored,
      acknowledged: proven,
      rejected: proven,
      shutdownNotice: ignored,
      malformed: ignored,
    };
    const ended = (end: ConnectionEnd) => fail(wordsOf(end), end.why !== 'failed');
    connection = openExchangeConnection({ url, clock, limits, outbound }, { ...events, controlSent: ignored, ended });
    connection.want(probeStream);
    // One that does not open ends by itself in the same moment, and before.
    clock.after(probeTimeoutMs, () => fail(`it opens and then says nothing for ${seconds} s`));
  });
  return { url, fault, close: () => connection?.close() };
};
type Asked = ReturnType<typeof askStreams>;

/** The address that answers, the first if it may be had. */
const choose = async (clock: Clock, [first, other]: readonly Asked[]): Promise<string | undefined> => {
  const usable = async (asked: Asked | undefined) =>
    asked && (await asked.fault) === undefined ? asked.url : undefined;
  const lateOther = async () => {
    const url = await usable(other);
    if (url !== undefined) await Promise.race([first?.fault, sleep(clock, headStartMs)]);
    return url;
  };
  const [mine, others] = [usable(first), lateOther()];
  return (await Promise.race([mine, others])) ?? (await mine) ?? (await others);
};

const asIt = (text: string): string => text.replace(/^The exchange|^the exchange/, 'it').replace(/\.$/, '');

/**
 * Asks an exchange for what is needed of it, its time over REST and an answer over its streams, both at once, within
 * `probeTimeoutMs`. Never throws.
 */
export const probeExchange = async (clock: Clock, place: ExchangePlace): Promise<ExchangeProof> => {
  const { exchangeRestUrl, exchangeWsUrl, exchangeWsFallbackUrl, proxies = noProxies } = place;
  const outbound = createOutbound(proxies);
  const deps = { clock, outbound };
  const urls = [exchangeWsUrl, ...(exchangeWsFallbackUrl === undefined ? [] : [exchangeWsFallbackUrl])];
  const asked = urls.map((url) => askStreams(deps, url));
  try {
    const [restFault, streamUrl] = await Promise.all([askTime(deps, exchangeRestUrl), choose(clock, asked)]);
    if (streamUrl !== undefined)
      return {
        streamUrl,
        fault: restFault && `its streams answer, but its REST interface does not work: ${asIt(restFault)}`,
      };
    if (restFault !== undefined) return { streamUrl, fault: asIt(restFault) };
    const faults = (await Promise.all(asked.map((one) => one.fault))).filter((one) => one !== undefined);
    const refusal = faults.find(({ refused }) => refused);
    if (refusal) return { streamUrl, fault: asIt(refusal.words) };
    const over = new URL(exchangeRestUrl).protocol.slice(0, -1);
    return { streamUrl, fault: asIt(closedInWords(urls.map(portOf), faults[0]?.words ?? '', over)) };
  } finally {
    for (const { close } of asked) void close();
    await outbound.close();
  }
};
