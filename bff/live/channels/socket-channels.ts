import { type ChannelName, channelNames } from '@tickfolio/api/messages';

/** A channel of one connection. */
export interface OpenChannel {
  /** What is to be sent next, as JSON text in ASCII: the newest of everything, once. Undefined while there is nothing. */
  next(): string | undefined;
  close(): void;
}

/** Opens one; `owed` is called when it has something to be sent. */
export type OpenChannels = Readonly<Record<ChannelName, (owed: () => void) => OpenChannel>>;

/** The channels that one connection asked for. Nothing is queued here: each has the newest of what it tells. */
export interface SocketChannels {
  /** @returns all that it has now */
  subscribe(names: readonly ChannelName[]): ChannelName[];
  unsubscribe(names: readonly ChannelName[]): ChannelName[];
  next(): string | undefined;
  close(): void;
}

export const createSocketChannels = (openChannels: OpenChannels, owed: () => void): SocketChannels => {
  const open = new Map<ChannelName, OpenChannel>();
  const names = () => channelNames.filter((name) => open.has(name));
  const end = (name: ChannelName) => {
    open.get(name)?.close();
    open.delete(name);
  };
  return {
    subscribe: (wanted) => {
      for (const name of wanted) if (!open.has(name)) open.set(name, openChannels[name](owed));
      return names();
    },
    unsubscribe: (ended) => {
      for (const name of ended) end(name);
      return names();
    },
    next: () => {
      for (const channel of open.values()) {
        const text = channel.next();
        if (text !== undefined) return text;
      }
      return undefined;
    },
    close: () => {
      for (const name of names()) end(name);
    },
  };
};
