import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { expect, it } from 'vitest';

// What can be seen in the page's sources alone.

const folder = fileURLToPath(new URL('../page/', import.meta.url));
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'))
  .map((name) => ({ name, text: readFileSync(folder + name, 'utf8') }));

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** Parts that are handed on are elements by their type. */
const handedOn = /^(children|tail|list)$/;

/** Whether what stands in braces is never a text that changes. */
const isSafe = (node: Node): boolean => {
  const of = (key: string) => isSafe(node[key] as Node);
  switch (node.type) {
    case 'JSXElement':
    case 'JSXFragment':
    case 'JSXEmptyExpression':
    case 'Literal':
      return true;
    case 'Identifier':
      return handedOn.test(String(node.name));
    case 'LogicalExpression':
      return of('right');
    case 'ConditionalExpression':
      return of('consequent') && of('alternate');
    case 'ParenthesizedExpression':
      return of('expression');
    case 'ChainExpression':
      return of('expression');
    case 'CallExpression': {
      const [callback] = node.arguments as readonly Node[];
      const { property } = node.callee as Node & { readonly property?: Node };
      return property?.name === 'map' && isNode(callback?.body) && isSafe(callback.body);
    }
    default:
      return false;
  }
};

/** Texts in braces that stand beside other content of their element, or in no element of their own. */
const bareTexts = (text: string, name = 'page.tsx'): string[] => {
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const entry of value) look(entry);
    if (!isNode(value)) return;
    if (value.type === 'JSXElement' || value.type === 'JSXFragment') {
      const children = (value.children as readonly Node[]).filter(
        (child) => child.type !== 'JSXText' || !/^\s*\n\s*$|^$/.test(String(child.value)),
      );
      const texts = children.filter(
        (child) => child.type === 'JSXExpressionContainer' && !isSafe(child.expression as Node),
      );
      if (children.length > 1 || value.type === 'JSXFragment')
        for (const { start } of texts) found.push(`${name}:${text.slice(0, start).split('\n').length}`);
    }
    for (const entry of Object.values(value)) if (typeof entry === 'object') look(entry);
  };
  look(parseSync(name, text).program);
  return found;
};

it('has every text that changes in an element of its own, so that a browser that translates the page keeps no old one', () => {
  expect(sources.length).toBeGreaterThan(70);
  expect(
    sources.filter(({ name }) => name.endsWith('.tsx')).flatMap(({ name, text }) => bareTexts(text, name)),
  ).toEqual([]);
});
it('sees such texts, and nothing else', () => {
  const wrong = [
    '<p>{a} <b>c</b></p>',
    '<p>x {a}</p>',
    '<>{a}</>',
    '<p>{a && b.c}<i /></p>',
    '<p>{a ? <b /> : c}<i /></p>',
    '<p>{a.map((b) => b.c)} d</p>',
  ];
  expect(wrong.filter((text) => bareTexts(`const x = ${text};`).length !== 1)).toEqual([]);
  const right = [
    '<p>{a}</p>',
    "<p>{a + ' b'}</p>",
    "<p><b>{a}</b>{' '}<i>{c}</i></p>",
    '<p>{a && <b />}{c ? <b /> : null}</p>',
    '<p>✕ {a.map((b) => (<b key={b} />))}</p>',
  ];
  expect(right.flatMap((text) => bareTexts(`const x = ${text};`))).toEqual([]);
});
it('asks the server by what gives up in time, and by nothing else', () => {
  // In main what is handed to the session, which bounds it; the other one has a bound beside it.
  const asking = sources.filter(({ text }) => /(?<![\w.])fetch\(/.test(text)).map(({ name }) => name);
  expect(asking.sort()).toEqual(['main.ts', 'patient-load.ts']);
});
it('writes times in one place only, so that a screen has one zone', () => {
  const isTime =
    /toLocale(Time|Date)?String|toISOString|toUTCString|DateTimeFormat|getTimezoneOffset|\.get(UTC)?Hours\(/;
  expect(sources.filter(({ text }) => isTime.test(text)).map(({ name }) => name)).toEqual(['text/times.ts']);
});
