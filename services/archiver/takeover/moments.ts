// SQL of the moments that were meant by times that were written as UTC and read in another zone. `{zone:String}` is
// that zone.

const hourMs = 3_600_000;
/** No zone is further from UTC than 14 h; an hour more for a summer's time. */
const maxShiftMs = 15 * hourMs;
/**
 * A ticker is received within moments of its time; what is further off than this was read on the other side of a change
 * of the clocks.
 */
const receivedWithinMs = hourMs / 4;

/** By how much the zone is ahead of UTC at a stored moment, in seconds: what was taken off its text as it was read. */
export const zoneShift = (moment: string): string => `timeZoneOffset(toTimeZone(${moment}, {zone:String}))`;

/**
 * The moment whose digits in UTC are the stored moment's digits in the zone. Of an hour that the clocks skip there is
 * no telling.
 */
export const byZone = (moment: string): string => `addSeconds(toTimeZone(${moment}, 'UTC'), ${zoneShift(moment)})`;

/** Columns to select beside a row's own ones: what its id tells, in milliseconds. The others here stand on them. */
export const toldColumns = `toUnixTimestamp64Milli(event_time) AS stored_ms,
  toInt64OrNull(substring(message_id, length(symbol) + 2)) AS id_ms,
  ifNull(startsWith(message_id, concat(symbol, '-')) AND abs(id_ms - stored_ms) <= ${maxShiftMs} AND (id_ms - stored_ms) % 60000 = 0, false) AS told,
  if(told, assumeNotNull(id_ms) - stored_ms, 0) AS shift_ms`;

/**
 * The event's moment, exact where the row's id tells it (\`<SYMBOL>-<event time in ms>\`), whatever zone it was written
 * in.
 */
export const eventMoment = `if(told, fromUnixTimestamp64Milli(stored_ms + shift_ms, 'UTC'), ${byZone('event_time')})`;

/** How much the clocks change within hours of the stored moment. */
const changeMs = `1000 * abs(timeZoneOffset(toTimeZone(addHours(event_time, 3), {zone:String})) - timeZoneOffset(toTimeZone(subtractHours(event_time, 3), {zone:String})))`;
const receivedMs = 'toUnixTimestamp64Milli(receive_time) + shift_ms';
const lateMs = `(${receivedMs} - stored_ms - shift_ms)`;

/** The moment of receipt: shifted as its event was, unless the clocks changed between the two. */
export const receiveMoment = `if(told, fromUnixTimestamp64Milli(toInt64(multiIf(
    abs(${lateMs}) < ${receivedWithinMs}, ${receivedMs},
    abs(${lateMs} - ${changeMs}) < ${receivedWithinMs}, ${receivedMs} - ${changeMs},
    abs(${lateMs} + ${changeMs}) < ${receivedWithinMs}, ${receivedMs} + ${changeMs},
    ${receivedMs})), 'UTC'), ${byZone('receive_time')})`;
