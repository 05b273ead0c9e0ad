import { Compile } from 'typebox/schema';
import { asyncApi } from '../live/asyncapi.js';
import type { BalanceMessage } from '../live/balances.js';
import type { Frame } from '../live/frame.js';
import type { ChannelMessage, ConnectionMessage } from '../live/messages.js';
import type { OrderTold } from '../live/order-told.js';

const { messages } = asyncApi().components;
const sent = [
  ...['frame', 'tokenExpiring', 'tokenAccepted', 'messageRefused'],
  ...['subscribed', 'watchlist', 'price', 'balance', 'order', 'resync'],
].map((name) => {
  const payload = messages[name]?.payload;
  if (!payload) throw new Error(`the document of the WebSocket has no ${name}`);
  return { name, validator: Compile(payload) };
});
/** What a message must be, where it says so itself. */
const nameOf: Readonly<Record<string, string>> = {
  'token-expiring': 'tokenExpiring',
  'token-accepted': 'tokenAccepted',
  error: 'messageRefused',
  subscribed: 'subscribed',
  watchlist: 'watchlist',
  price: 'price',
  balance: 'balance',
  order: 'order',
  resync: 'resync',
};

export type Received = Frame | ConnectionMessage | ChannelMessage | BalanceMessage | OrderTold;

/** Reads what the server sent on its WebSocket. @throws Error naming what api/asyncapi.json has otherwise */
export const readReceived = (text: string): Received => {
  const message = JSON.parse(text) as Received;
  const name = 'Type' in message ? nameOf[message.Type] : 'frame';
  const validator = sent.find((one) => one.name === name)?.validator;
  if (!validator) throw new Error(`no message of api/asyncapi.json: ${text}`);
  if (!validator.Check(message))
    throw new Error(
      `no ${name} as api/asyncapi.json has it: ${JSON.stringify(validator.Errors(message)[1])} in ${text}`,
    );
  return message;
};

export const isFrame = (message: Received): message is Frame => !('Type' in message);
