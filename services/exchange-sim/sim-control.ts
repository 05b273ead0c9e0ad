import type { IncomingMessage, ServerResponse } from 'node:http';
import { httpStatusOf, toAppError } from '@tickfolio/lib/errors';
import type { FaultInput } from './faults/fault.js';
import type { Faults } from './faults/faults.js';
import type { Listing } from './market/price-source.js';
import { aggTradeRow } from './market/trade.js';
import { createQuery } from './rest/query.js';
import { sendJson } from './rest/rest.js';

const maxBodyBytes = 65_536;
const maxTradesPerAnswer = 20_000;

/** What is not part of the exchange: faults and the record, under `/sim/`. Costs no request weight. */
export const createSimControl = (faults: Faults, listings: ReadonlyMap<string, Listing>) => {
  const post = async (req: IncomingMessage): Promise<string> => {
    const given = JSON.parse(await bodyOf(req)) as FaultInput | FaultInput[];
    const started = (Array.isArray(given) ? given : [given]).map((fault) => faults.add(fault));
    return JSON.stringify({ faults: started });
  };
  const answer = async (
    req: IncomingMessage,
    url: URL,
  ): Promise<{ readonly status: number; readonly body: string }> => {
    const one = /^\/sim\/faults\/(\d{1,9})$/.exec(url.pathname)?.[1];
    if (req.method === 'DELETE' && one !== undefined)
      return faults.remove(Number(one)) ? { status: 200, body: '{}' } : notFound;
    if (url.pathname === '/sim/faults') {
      if (req.method === 'POST') return { status: 200, body: await post(req) };
      if (req.method === 'DELETE') faults.clear();
      return { status: 200, body: JSON.stringify({ faults: faults.list() }) };
    }
    if (url.pathname !== '/sim/trades') return notFound;
    const params = new URLSearchParams(url.searchParams);
    params.set('symbol', (params.get('symbol') ?? '').toUpperCase());
    const query = createQuery(params, listings);
    const { spec, trades } = query.listing();
    const fromId = query.long('fromId');
    const limit = query.limit(1_000, maxTradesPerAnswer);
    const rows = fromId === undefined ? trades.latest(limit) : trades.from(fromId, limit);
    return { status: 200, body: `[${rows.map((trade) => aggTradeRow(spec, trade, 'ms')).join(',')}]` };
  };
  /** Never rejects. */
  return async (req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> => {
    try {
      const { status, body } = await answer(req, url);
      sendJson(res, status, body);
    } catch (err) {
      const isSyntax = err instanceof SyntaxError;
      const status = isSyntax
        ? 400
        : err instanceof Error && 'status' in err
          ? Number(err.status)
          : httpStatusOf[toAppError(err).code].status;
      sendJson(
        res,
        status,
        JSON.stringify({ error: isSyntax ? 'The body is not JSON.' : err instanceof Error ? err.message : 'failed' }),
      );
    }
  };
};

const notFound = { status: 404, body: '{"error":"No such path here."}' };

const bodyOf = async (req: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req) {
    size += (part as Buffer).length;
    if (size > maxBodyBytes) throw new SyntaxError('too long');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString();
};
