import type { TimeUnit } from '../market/trade.js';

/** One payload on one stream. Its bytes are made once per form, however many connections get it. */
export interface Frame {
  readonly stream: string;
  bytes(combined: boolean, unit: TimeUnit): Buffer;
}

/** @param name the stream's, as JSON */
export const createFrame = (stream: string, text: (unit: TimeUnit) => string, name = JSON.stringify(stream)): Frame => {
  const made = new Map<string, Buffer>();
  return {
    stream,
    bytes: (combined, unit) => {
      const key = `${combined}${unit}`;
      let bytes = made.get(key);
      if (!bytes) {
        const payload = text(unit);
        bytes = Buffer.from(combined ? `{"stream":${name},"data":${payload}}` : payload);
        made.set(key, bytes);
      }
      return bytes;
    },
  };
};
