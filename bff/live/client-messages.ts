import { type ChannelName, type ClientMessage, channelNames } from '@tickfolio/api/messages';

/** What is understood, for whoever said something else. */
export const understood =
  'Only {"type":"refresh","accessToken":"…"}, {"type":"view","portfolioId":"…"}, {"type":"subscribe","channels":["watchlist","balances","orders"]} and the same with "unsubscribe" are understood here.';

/** The one text field of each. */
const fields = { refresh: 'accessToken', view: 'portfolioId' } as const;
const maxChannels = 16;

const areChannels = (value: unknown): value is readonly ChannelName[] =>
  Array.isArray(value) && value.length <= maxChannels && value.every((name) => channelNames.includes(name));

/** What a client says on its socket; undefined for what is not understood, such as a field that nobody knows. */
export const readClientMessage = (text: string): ClientMessage | undefined => {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, ...rest } = message as Record<string, unknown>;
  const [[name, value] = [], ...more] = Object.entries(rest);
  if (more.length > 0) return undefined;
  if (type === 'subscribe' || type === 'unsubscribe')
    return name === 'channels' && areChannels(value) ? { type, channels: value } : undefined;
  if (type !== 'refresh' && type !== 'view') return undefined;
  if (name !== fields[type] || typeof value !== 'string') return undefined;
  return { type, [fields[type]]: value } as unknown as ClientMessage;
};
