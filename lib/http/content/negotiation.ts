/** In which answers are compressed here. */
export type Encoding = 'br' | 'gzip';

/** The smaller first. */
const encodings: readonly Encoding[] = ['br', 'gzip'];

/**
 * Of one entry of Accept-Encoding: what it names, lower case, and whether it is taken rather than refused by a weight
 * of 0.
 */
const entryOf = (part: string): readonly [name: string, taken: boolean] => {
  const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
  return [name, !parameters.some((parameter) => /^q\s*=\s*0(\.0*)?$/.test(parameter))];
};

/**
 * The best of what the client says it can read, by an Accept-Encoding header; undefined for none. What it likes better
 * by its weights does not matter, what it refuses by a weight of 0 does; `*` stands for whatever it does not name.
 */
export const acceptedEncoding = (
  header: string | undefined,
  offered: readonly Encoding[] = encodings,
): Encoding | undefined => {
  const entries = new Map((header ?? '').split(',').map(entryOf));
  return offered.find((encoding) => entries.get(encoding) ?? entries.get('*') ?? false);
};

/**
 * Whether the client has it already, by an If-None-Match header.
 * @param etag strong, with its quotes; a proxy that compresses may have made a weak one of it, which counts as the same
 */
export const hasAlready = (header: string | undefined, etag: string): boolean =>
  header?.trim() === '*' || (header?.match(/"[^"]*"/g)?.includes(etag) ?? false);
