import type { TickersAnswer } from '@tickfolio/api/tickers';
import { compress, type Encoding } from '@tickfolio/lib/http';

/** An answer as it is sent. */
export interface TickerBody {
  readonly text: string;
  /** Made when it is first asked for, off the event loop. */
  compressed(encoding: Encoding): Promise<Buffer>;
}

export interface TickerBodies {
  /** What was made for this tag, else what is made now. */
  of(etag: string, make: () => TickersAnswer): TickerBody;
}

/** Some 10 ms for a whole exchange, which is a sixth then. */
const quality = 4;
/** At most 1.3 MB each of a whole exchange, and a sixth of that compressed; each is of use for a second or so. */
const maxKept = 4;

const bodyOf = (answer: TickersAnswer): TickerBody => {
  const text = JSON.stringify(answer);
  const made = new Map<Encoding, Promise<Buffer>>();
  return {
    text,
    compressed: (encoding) => {
      const bytes = made.get(encoding) ?? compress(encoding, Buffer.from(text), quality);
      made.set(encoding, bytes);
      return bytes;
    },
  };
};

/** The answers of the last moments: however many ask for the same second, it is written and compressed once. */
export const createTickerBodies = (): TickerBodies => {
  const kept = new Map<string, TickerBody>();
  return {
    of: (etag, make) => {
      const body = kept.get(etag) ?? bodyOf(make());
      kept.delete(etag);
      kept.set(etag, body);
      const [oldest] = kept.keys();
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
      return body;
    },
  };
};
