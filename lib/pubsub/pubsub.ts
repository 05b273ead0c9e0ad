/**
 * Live text messages by channel, and one retained text per key.
 * Delivery: at most once, in publishing order per channel; what is published while a subscriber is away is lost to it.
 */
export interface PubSub {
  /**
   * Sends to everyone subscribed now. Never waits and never throws: a message that cannot be sent is dropped and
   * counted.
   * @param retain keeps each `text` under its `key` for `read`, in the same step: who sees one sees the other, whoever
   * is killed meanwhile.
   */
  publish(channel: string, text: string, ...retain: readonly Retained[]): void;
  /** Keeps a text without sending anything. */
  retain(entry: Retained): void;
  /** Somebody else keeps these from now on: what of them is remembered and not yet written is not written any more. */
  forget(keys: readonly string[]): void;
  /** The retained texts of these keys, in their order; undefined where there is none. @throws AppError unavailable */
  read(keys: readonly string[]): Promise<(string | undefined)[]>;
  /**
   * Opens a subscription that follows a changing set of channels. Resolves when it is active. @throws AppError
   * unavailable
   */
  subscribe(channels: readonly string[], listener: Listener): Promise<Subscription>;
  /**
   * Calls `run` whenever the connection for writing is back after a loss: what is retained may be gone, or older than
   * what was written last.
   */
  onReturn(run: () => void): void;
  /** Undefined when the server answers, else what is wrong. */
  check(): Promise<string | undefined>;
  /** Sends what was published, within a bound and no longer than until the signal, then closes. */
  close(until?: AbortSignal): Promise<void>;
}

export interface Retained {
  readonly key: string;
  readonly text: string;
}

export interface Listener {
  message(channel: string, text: string): void;
  /**
   * Messages may be gone, because this connection was lost and is back, or because somebody who publishes could not
   * send to one of these channels for a while: read again what matters. May come more often than needed.
   */
  resumed?(): void;
}

export interface Subscription {
  /** Follows more channels; resolves when they are active. Following one twice is harmless. */
  add(channels: readonly string[]): Promise<void>;
  remove(channels: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
