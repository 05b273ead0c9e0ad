/** One interruption of a symbol's ids, from its finding to its end; the holes it is split into share it. */
export interface Gap {
  /** Ids still missing. */
  missing: number;
  /** Ids given up. */
  lost: number;
  /** True once it outlived the time that mere reordering takes. */
  confirmed: boolean;
  /** On the monotonic clock, milliseconds. */
  readonly foundMs: number;
  /** When history last had some of it; at first when it was found. */
  servedMs: number;
}

/**
 * A run of missing ids between two known trades. Trade times grow with the ids, so its trades lie between the two
 * times.
 */
export interface Hole {
  /** First and last missing id. */
  from: number;
  to: number;
  /** Time of the known trade before it. */
  fromTimeMs: number;
  /** Time of the known trade after it. */
  toTimeMs: number;
  readonly gap: Gap;
}

/**
 * Where a trade stands: the `first` ever; the `next` id; `ahead` with a hole before it; a `fill` of a hole; or a
 * `repeat` of a known one (or from before the first).
 */
export type Placement = 'first' | 'next' | 'ahead' | 'fill' | 'repeat';

/** A run of ids that was given up, and the times its trades may have. */
export interface LostRun {
  readonly from: number;
  readonly to: number;
  readonly fromTimeMs: number;
  readonly toTimeMs: number;
}

/**
 * Ids without a trade that wait for the trades before them; past this the oldest is forgotten, and asked for with its
 * hole.
 */
const maxVoidsAhead = 1_000;

/** Which ids of one symbol are known. Keeps no trades: what is known is a range minus a few holes. */
export class TradeSequence {
  /** Highest known id and its time; -1 before the first trade. */
  maxId = -1;
  maxTimeMs = -1;
  /** Ascending. */
  readonly holes: Hole[] = [];
  /** Known to have no trade, and not next: what lies before them shows when a trade tells what time it is. */
  readonly #voidsAhead = new Set<number>();

  get started(): boolean {
    return this.maxId >= 0;
  }

  place(id: number, timeMs: number, nowMs: number): Placement {
    if (id === this.maxId + 1 && this.maxId >= 0) {
      this.#extend(id, timeMs);
      return 'next';
    }
    if (this.maxId < 0) {
      this.#extend(id, timeMs);
      return 'first';
    }
    if (id > this.maxId) {
      const gap: Gap = { missing: id - this.maxId - 1, lost: 0, confirmed: false, foundMs: nowMs, servedMs: nowMs };
      this.holes.push({ from: this.maxId + 1, to: id - 1, fromTimeMs: this.maxTimeMs, toTimeMs: timeMs, gap });
      this.#extend(id, timeMs);
      return 'ahead';
    }
    return this.#fill(id, timeMs) ? 'fill' : 'repeat';
  }

  /**
   * Marks an id as one without a trade. It says nothing of time. @returns false where that is known, or means nothing
   * yet.
   */
  placeVoid(id: number): boolean {
    if (!this.started || this.#voidsAhead.has(id)) return false;
    if (id <= this.maxId) return this.#fill(id);
    this.#voidsAhead.add(id);
    const [oldest] = this.#voidsAhead;
    if (this.#voidsAhead.size > maxVoidsAhead && oldest !== undefined) this.#voidsAhead.delete(oldest);
    this.#passVoids();
    return true;
  }

  /**
   * Whether a trade with this id can have this time: times grow with the ids.
   * @param slipMs how much they may be wrong by
   */
  canHave(id: number, timeMs: number, slipMs: number): boolean {
    if (!this.started) return true;
    if (id > this.maxId) return timeMs >= this.maxTimeMs - slipMs;
    const hole = this.holeAt(id);
    return hole === undefined || (timeMs >= hole.fromTimeMs - slipMs && timeMs <= hole.toTimeMs + slipMs);
  }

  /** The hole an id is missing in. */
  holeAt(id: number): Hole | undefined {
    return this.holes.find((hole) => hole.from <= id && id <= hole.to);
  }

  /** Gives up the missing ids of a range. @param toTimeMs time of the first known trade after the range. */
  lose(from: number, to: number, toTimeMs = Number.POSITIVE_INFINITY): LostRun[] {
    const runs: LostRun[] = [];
    for (let i = 0; i < this.holes.length; i++) {
      const hole = this.holes[i] as Hole;
      const first = Math.max(from, hole.from);
      const last = Math.min(to, hole.to);
      if (first > last) continue;
      runs.push({ from: first, to: last, fromTimeMs: hole.fromTimeMs, toTimeMs: Math.min(toTimeMs, hole.toTimeMs) });
      hole.gap.missing -= last - first + 1;
      hole.gap.lost += last - first + 1;
      const rest: Hole[] = [];
      if (hole.from < first) rest.push({ ...hole, to: first - 1 });
      if (last < hole.to) rest.push({ ...hole, from: last + 1 });
      this.holes.splice(i, 1, ...rest);
      i += rest.length - 1;
    }
    return runs;
  }

  #extend(id: number, timeMs: number): void {
    this.maxId = id;
    if (timeMs > this.maxTimeMs) this.maxTimeMs = timeMs;
    if (this.#voidsAhead.size > 0) this.#passVoids();
  }

  /** Takes those that are not ahead any more: next in line, or inside a hole. */
  #passVoids(): void {
    for (const id of [...this.#voidsAhead].sort((a, b) => a - b)) {
      if (id > this.maxId + 1) return;
      this.#voidsAhead.delete(id);
      if (id > this.maxId) this.maxId = id;
      else this.#fill(id);
    }
  }

  /** @param timeMs of the trade that has the id; without one the hole's times stay as they are */
  #fill(id: number, timeMs?: number): boolean {
    const index = this.holes.findIndex((hole) => hole.from <= id && id <= hole.to);
    const hole = this.holes[index];
    if (!hole) return false;
    hole.gap.missing -= 1;
    const { fromTimeMs, toTimeMs } = hole;
    if (hole.from === id) {
      hole.from = id + 1;
      hole.fromTimeMs = timeMs ?? fromTimeMs;
    } else if (hole.to === id) {
      hole.to = id - 1;
      hole.toTimeMs = timeMs ?? toTimeMs;
    } else {
      this.holes.splice(index + 1, 0, { ...hole, from: id + 1, fromTimeMs: timeMs ?? fromTimeMs });
      hole.to = id - 1;
      hole.toTimeMs = timeMs ?? toTimeMs;
    }
    if (hole.from > hole.to) this.holes.splice(index, 1);
    return true;
  }
}
