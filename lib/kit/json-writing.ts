import fc from 'fast-check';

// For tests only: the same JSON in all the ways in which it may be written.

/** A member: its name, and its value as JSON text. */
export type Member = readonly [name: string, value: string];

/** A text as JSON may write it: with escapes or without. */
export const writeText = (g: fc.GeneratorValue, text: string): string => {
  if (g(fc.boolean)) return JSON.stringify(text);
  const write = (unit: string): string => {
    const plain = JSON.stringify(unit).slice(1, -1);
    const digits = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return g(fc.constantFrom, plain, plain, `\\u${digits}`, `\\u${digits.toUpperCase()}`);
  };
  return `"${text.split('').map(write).join('')}"`;
};

/** An object with these members in this order, and blanks where JSON allows them. */
export const writeObject = (g: fc.GeneratorValue, members: readonly Member[]): string => {
  const space = () => g(fc.constantFrom, '', '', '', ' ', '\n\t');
  const texts = members.map(
    ([name, value]) => `${space()}${writeText(g, name)}${space()}:${space()}${value}${space()}`,
  );
  return `{${texts.join(',') || space()}}`;
};

/** The same members in some order. */
export const shuffled = <T>(g: fc.GeneratorValue, items: readonly T[]): T[] =>
  g(fc.boolean) ? [...items] : g(() => fc.shuffledSubarray([...items], { minLength: items.length }));

/**
 * An object's members, at times with some twice, some odd ones, and some that nobody asked for. @param odd values as
 * JSON
 */
export const membersOf = (
  g: fc.GeneratorValue,
  fields: Readonly<Record<string, unknown>>,
  odd: readonly string[],
): Member[] => {
  const members = Object.entries(fields).map(
    ([name, value]): Member => [name, typeof value === 'string' ? writeText(g, value) : JSON.stringify(value)],
  );
  const names = [...Object.keys(fields), 'x', '__proto__', 'constructor', 'stream', 'data'];
  const more = g(fc.array, fc.tuple(fc.constantFrom(...names), fc.constantFrom(...odd)), {
    maxLength: g(fc.boolean) ? 0 : 2,
  });
  return shuffled(g, [...more, ...members]);
};
