/** A JSON schema, as far as an example is made of it. */
interface Form {
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Form[];
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Form>>;
  readonly items?: Form;
}

/**
 * A body of this form, made of the examples that its fields give: what is required, and one row in each list.
 * @returns undefined where a field that is needed for it says none
 */
export const exampleOf = (schema: object): unknown => {
  const { examples, enum: words, anyOf, type, required = [], ...form } = schema as Form;
  if (examples) return examples[0];
  if ('const' in form) return form.const;
  if (words) return words[0];
  if (anyOf) return anyOf.map((one) => exampleOf(one)).find((one) => one !== undefined);
  if (type === 'null') return null;
  if (type === 'boolean') return false;
  if (type === 'array') return form.items && [exampleOf(form.items)];
  if (type !== 'object') return undefined;
  const { properties = {} } = form;
  return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name] ?? {})]));
};
