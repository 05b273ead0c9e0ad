/** One past the end of the string that begins at `from`. */
const stringEnd = (text: string, from: number): number => {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};

/** One past the end of the value that begins at `from`; of a number or a word it is where the blanks behind it end. */
const valueEnd = (text: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      at = stringEnd(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      if (depth <= 1) return depth === 0 ? at : at + 1;
      depth -= 1;
    } else if (char === ',' && depth === 0) return at;
  }
  return text.length;
};

const blank = /\s/;

/**
 * The text of a member's value as it came; writing it anew would change numbers that no `number` holds.
 * @param text a JSON object, read before: any other text gives any answer
 * @returns the last one where several have that name, as JSON.parse has it; undefined where there is none
 */
export const memberText = (text: string, name: string): string | undefined => {
  let found: string | undefined;
  let at = text.indexOf('{') + 1;
  for (;;) {
    while (blank.test(text[at] ?? '')) at += 1;
    if (text[at] !== '"') return found;
    const keyEnd = stringEnd(text, at);
    const isIt = JSON.parse(text.slice(at, keyEnd)) === name;
    at = text.indexOf(':', keyEnd) + 1;
    while (blank.test(text[at] ?? '')) at += 1;
    const end = valueEnd(text, at);
    if (isIt) found = text.slice(at, end).trimEnd();
    at = text.indexOf(',', end) + 1;
    if (at === 0) return found;
  }
};
