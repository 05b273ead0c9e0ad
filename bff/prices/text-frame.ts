// Server frames of RFC 6455, whole, unmasked and uncompressed, with one character for each byte: a socket takes such a
// text in one write, without a buffer being made of it.

/** Payloads up to here have their length in the second byte; longer ones in two bytes, or in eight. */
const maxShort = 125;
const maxMedium = 0xffff;

const header = (opcode: number, length: number): string => {
  const first = 0x80 | opcode;
  if (length <= maxShort) return String.fromCharCode(first, length);
  if (length <= maxMedium) return String.fromCharCode(first, 126, length >>> 8, length & 0xff);
  return String.fromCharCode(
    first,
    127,
    0,
    0,
    0,
    0,
    (length >>> 24) & 0xff,
    (length >>> 16) & 0xff,
    (length >>> 8) & 0xff,
    length & 0xff,
  );
};

/** @param text ASCII only, shorter than 4 GiB */
export const textFrame = (text: string): string => header(1, text.length) + text;

/** @param payload ASCII only, at most 125 characters */
export const pingFrame = (payload: string): string => header(9, payload.length) + payload;

/** JSON in which whatever is not ASCII is escaped. */
export const asciiJson = (value: string | object): string =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
