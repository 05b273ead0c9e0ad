import type { EventMessage } from '../../../events/message.js';
import { envelopeOf } from '../../envelope.js';
import { source } from '../../kit/boats.js';
import type { EventsAsked, ListedEvents } from '../../list-events.js';

export interface Move {
  readonly seq: number;
  readonly stream: string;
  readonly version: number;
  readonly to: number;
  readonly userId?: string;
  /** Of the data; and of another type than any that is known. */
  readonly schema?: number;
  readonly type?: string;
  readonly atMs: number;
}

const settledMs = 60_000;

/** The owner of boats' events, without a database: what it has told, and what it tells who asks. */
export const createFleet = (now: () => number) => {
  let epoch = 1;
  let moves: readonly Move[] = [];
  let seq = 0;
  const set = { list: async (_asked: EventsAsked): Promise<void> => undefined };
  const textOf = ({ stream, version, to, userId, atMs, schema = 1, type = 'boat.moved' }: Move) =>
    envelopeOf(
      {
        id: '0199a3c2-0000-7000-8000-000000000001',
        type,
        stream,
        version,
        createdAt: new Date(atMs),
        body: { schema, data: { to }, ...(userId === undefined ? {} : { userId }) },
      },
      { source, epoch },
    );
  const messageOf = (move: Move): EventMessage => ({ key: move.stream, value: textOf(move) });
  const lastOf = (stream: string) => moves.filter((move) => move.stream === stream).at(-1)?.version ?? 0;
  return {
    /** What of it a test decides: `list` may wait or throw before each answer. */
    set,
    get moves() {
      return moves;
    },
    get epoch() {
      return epoch;
    },
    messageOf,
    /** @returns the message that its relay would send */
    move: (name: string, to: number, more: Partial<Pick<Move, 'userId' | 'schema' | 'type'>> = {}): EventMessage => {
      seq += 1;
      const stream = `boat:${name}`;
      const move = { seq, stream, version: lastOf(stream) + 1, to, atMs: now(), ...more };
      moves = [...moves, move];
      return messageOf(move);
    },
    /** What was written wrongly is written right; as seen from a newer build, say. */
    mend: (stream: string, version: number, to: number) => {
      const isMeant = (move: Move) => move.stream === stream && move.version === version;
      moves = moves.map((move) => (isMeant(move) ? { ...move, to, schema: 1 } : move));
    },
    erase: (isErased: (move: Move) => boolean) => {
      moves = moves.filter((move) => !isErased(move));
    },
    /** @returns how to restore it as it is now */
    backup: () => {
      const [kept, lastSeq] = [moves, seq];
      return () => {
        [moves, seq] = [kept, lastSeq];
        epoch += 1;
      };
    },
    list: async (asked: EventsAsked, limit: number): Promise<ListedEvents> => {
      await set.list(asked);
      if ('stream' in asked) {
        const { stream, fromVersion } = asked;
        const found = moves.filter((move) => move.stream === stream && move.version >= fromVersion).slice(0, limit);
        const end = { lastVersion: lastOf(stream), epoch };
        return { events: found.map(textOf), next: (found.at(-1)?.version ?? fromVersion - 1) + 1, stream: end };
      }
      const later = moves.filter((move) => move.seq > asked.afterSeq).slice(0, limit);
      const tooNew = later.findIndex(({ atMs }) => atMs >= now() - settledMs);
      const found = tooNew < 0 ? later : later.slice(0, tooNew);
      return { events: found.map(textOf), next: found.at(-1)?.seq ?? asked.afterSeq };
    },
  };
};
