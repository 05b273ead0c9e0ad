/** Every subscriber follows it: a publisher says here on which channels it could not send for a while. */
export const missedChannel = 'tickfolio:missed';

/** Above so many it is said of all. */
const maxNamed = 1_000;

/** The channels on which messages were lost since it was told last. */
export interface MissedChannels {
  add(channel: string): void;
  /** What to send on `missedChannel`, once; undefined when nothing was lost. */
  take(): string | undefined;
  /** It was not sent either. */
  putBack(text: string): void;
}

export const createMissedChannels = (): MissedChannels => {
  const named = new Set<string>();
  let all = false;
  const add = (channel: string) => {
    if (all || channel === missedChannel) return;
    named.add(channel);
    if (named.size <= maxNamed) return;
    all = true;
    named.clear();
  };
  return {
    add,
    take: () => {
      if (!all && named.size === 0) return undefined;
      const text = JSON.stringify({ channels: all ? 'all' : [...named] });
      all = false;
      named.clear();
      return text;
    },
    putBack: (text) => {
      const missed = readMissed(text);
      if (missed === 'all') all = true;
      else for (const channel of missed ?? []) add(channel);
    },
  };
};

/** The channels that such a message names; undefined when it is none. */
export const readMissed = (text: string): readonly string[] | 'all' | undefined => {
  try {
    const { channels } = JSON.parse(text) as { readonly channels?: unknown };
    if (channels === 'all') return channels;
    return Array.isArray(channels) && channels.every((channel) => typeof channel === 'string') ? channels : undefined;
  } catch {
    return undefined;
  }
};
