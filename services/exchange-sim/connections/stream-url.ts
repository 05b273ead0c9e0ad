import type { TimeUnit } from '../market/trade.js';
import { parseStreamName } from '../streams/stream-name.js';

export interface StreamUrl {
  readonly combined: boolean;
  readonly unit: TimeUnit;
  readonly streams: readonly string[];
}

/** What a WebSocket URL asks for, or the HTTP status and words to refuse it with. Takes URL-encoded names as well. */
export const parseStreamUrl = (
  url: URL,
  maxStreams: number,
): StreamUrl | { readonly status: 400 | 404; readonly reason: string } => {
  let path: string;
  let query: string;
  try {
    path = decodeURIComponent(url.pathname);
    // Not through URLSearchParams, which reads the plus of `@kline_1d@+08:00` as a blank.
    query = decodeURIComponent(/[?&]streams=([^&]*)/.exec(url.search)?.[1] ?? '');
  } catch {
    return { status: 400, reason: 'The address is not valid URL encoding.' };
  }
  const combined = path === '/stream' || path === '/stream/';
  if (!combined && path !== '/ws' && !path.startsWith('/ws/'))
    return { status: 404, reason: 'Connect to /ws, /ws/<stream> or /stream?streams=<stream>/<stream>.' };
  const names = combined ? query : path.slice('/ws/'.length);
  const streams = [...new Set(names.split('/').filter((name) => name !== ''))];
  if (streams.length > maxStreams) return { status: 400, reason: `At most ${maxStreams} streams per connection.` };
  const bad = streams.find((name) => !parseStreamName(name));
  if (bad !== undefined) return { status: 400, reason: 'Invalid request: invalid stream' };
  const unit = (url.searchParams.get('timeUnit') ?? '').toUpperCase() === 'MICROSECOND' ? 'us' : 'ms';
  return { combined, unit, streams };
};
