import { type Html, type HtmlPart, html } from '@tickfolio/lib/look/html';
import type { Schema } from './openapi-document.js';
import { prose } from './prose.js';

/** The schemas that others name. */
export type Named = Readonly<Record<string, Schema>>;

const resolved = (schema: Schema, named: Named): Schema =>
  schema.$ref === undefined ? schema : (named[schema.$ref.split('/').at(-1) ?? ''] ?? {});

const typeWords = (given: Schema, named: Named): string => {
  const schema = resolved(given, named);
  if (schema.anyOf) return [...new Set(schema.anyOf.map((one) => typeWords(one, named)))].join(' or ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeWords(schema.items, named) : 'anything'}`;
  if (schema.format === 'date-time') return 'time';
  return (
    { string: 'text', integer: 'whole number', boolean: 'true or false' }[String(schema.type)] ??
    String(schema.type ?? 'anything')
  );
};

const bounds = ({ minLength, maxLength, format, pattern }: Schema): string[] => [
  ...(minLength === undefined || minLength < 2 ? [] : [`at least ${minLength} characters`]),
  ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
  // A form that has a name needs no pattern beside it.
  ...(pattern === undefined || format !== undefined ? [] : [`pattern \`${pattern}\``]),
];

/** The objects in a schema: itself, what a list holds, each of what it may be. */
const objectsIn = (given: Schema, named: Named): readonly Schema[] => {
  const schema = resolved(given, named);
  if (schema.anyOf) return schema.anyOf.flatMap((one) => objectsIn(one, named));
  if (schema.items) return objectsIn(schema.items, named);
  return schema.properties && Object.keys(schema.properties).length > 0 ? [schema] : [];
};

interface Field {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  readonly more?: string;
}

const fieldOf = ({ name, schema, required, more }: Field, named: Named): Html => {
  const { description, examples } = resolved(schema, named);
  const facts = [...new Set([more ?? description, ...bounds(schema)])].filter((one) => one !== undefined && one !== '');
  const example: HtmlPart =
    examples?.[0] !== undefined &&
    typeof examples[0] !== 'object' &&
    html` <span class="example">e.g. <code>${String(examples[0])}</code></span>`;
  return html`<li><p><code class="name">${name}</code> <span class="type">${typeWords(schema, named)}</span>${
    required ? html` <span class="required">required</span>` : ''
  }</p>${facts.length > 0 || example ? html`<p class="about">${prose(facts.join('; ').replaceAll('.;', ';'))}${example}</p>` : ''}${fieldsOf(schema, named)}</li>`;
};

/** What a body has in it, field by field, with what those have in them; empty where it is no object. */
export const fieldsOf = (schema: Schema, named: Named): HtmlPart => {
  const objects = objectsIn(schema, named);
  return objects.map((one, at) => {
    const { properties = {}, required = [] } = one;
    const fields = Object.entries(properties).map(([name, of]) => ({
      name,
      schema: of,
      required: required.includes(name),
    }));
    return html`${at > 0 ? html`<p class="or">or</p>` : ''}<ul class="fields">${fields.map((field) => fieldOf(field, named))}</ul>`;
  });
};

/** A list of given fields, such as parameters. */
export const fieldList = (fields: readonly Field[], named: Named): Html =>
  html`<ul class="fields">${fields.map((field) => fieldOf(field, named))}</ul>`;
