import { nameForm, passwordForm } from '@tickfolio/api/accounts';
import { AppError, cursorForm, type FieldError } from '@tickfolio/lib/errors';
import type { FastifySchemaValidationError } from 'fastify';

const numberAsAmount =
  'must be a text such as "1.5", not a JSON number: programs round those, and an amount here is exact';

const kindOf = (data: unknown): string => {
  if (data === null || typeof data === 'boolean') return String(data);
  if (Array.isArray(data)) return 'a list';
  return { number: 'a number', string: 'a text', object: 'an object' }[typeof data as string] ?? 'that';
};

/** What a field must be, where it is of another type. */
const typeFault = (type: unknown, data: unknown, example: unknown): string => {
  const wanted = type === 'object' ? 'a JSON object' : type === 'string' ? 'a text' : `of type ${String(type)}`;
  const such = typeof example === 'string' ? ` such as ${JSON.stringify(example)}` : '';
  if (type === 'object' && data === null) return `must be ${wanted}`; // What a missing body comes as.
  return `must be ${wanted}${such}, not ${kindOf(data)}`;
};

/** With ajv's `verbose` a fault also carries what was given and the schema it failed. */
interface VerboseFault extends FastifySchemaValidationError {
  readonly data?: unknown;
  readonly parentSchema?: { readonly description?: string; readonly examples?: readonly unknown[] };
}

/** What is said of a form stands before what is said besides. */
const formOf = ({ parentSchema }: VerboseFault): string | undefined => parentSchema?.description?.split(';')[0];

/** The stable words for what is wrong with a new name or password: those of the auth service, which asks for the same. */
const reasonOf = ({ keyword, parentSchema }: VerboseFault): string | undefined => {
  const description = parentSchema?.description;
  if (description === nameForm && keyword === 'pattern') return 'name-shape';
  if (description !== passwordForm) return undefined;
  return { minLength: 'password-short', maxLength: 'password-long' }[keyword];
};

const describe = (fault: VerboseFault): FieldError => {
  const { missingProperty, additionalProperty, limit, type, format, allowedValues } = fault.params as Record<
    string,
    unknown
  >;
  const path = fault.instancePath.replace(/^\//, '').replaceAll('/', '.');
  const field = [path, missingProperty ?? additionalProperty].filter(Boolean).join('.') || 'body';
  const reason = reasonOf(fault);
  const say = (message: string) => ({ field, message, ...(reason === undefined ? {} : { reason }) });
  if (missingProperty !== undefined) return say('is required');
  if (additionalProperty !== undefined) return say('is not a known field');
  if (field === 'quantity' && typeof fault.data === 'number') return say(numberAsAmount);
  if (fault.keyword === 'type') return say(typeFault(type, fault.data, fault.parentSchema?.examples?.[0]));
  if (fault.keyword === 'pattern') return say(`must be ${formOf(fault) ?? 'of another form'}`);
  if (fault.keyword === 'format' && format === 'date-time') return say('must be a time such as 2026-01-27T10:00:00Z');
  if (field === 'cursor') return say(cursorForm);
  if (Array.isArray(allowedValues)) return say(`must be one of ${allowedValues.join(', ')}`);
  if (fault.keyword === 'minLength' && limit === 1) return say('must not be empty');
  if (fault.keyword === 'minLength') return say(`must be at least ${limit} characters long`);
  if (fault.keyword === 'maxLength') return say(`must be at most ${limit} characters long`);
  return say(fault.message ?? 'is not valid');
};

/** Of what may also be null, how it fails as a text, say, is what helps: not that it is no null, nor neither of the two. */
const isOfUnion = ({ keyword, params }: FastifySchemaValidationError): boolean =>
  keyword === 'anyOf' || (keyword === 'type' && params.type === 'null');

/** Every fault of a body that fails its schema, in words for the person who sent it. */
export const bodyFaults = (faults: readonly FastifySchemaValidationError[]): AppError => {
  const hasBetter = ({ instancePath }: FastifySchemaValidationError) =>
    faults.some((one) => one.instancePath === instancePath && !isOfUnion(one));
  const fields = faults.filter((one) => !isOfUnion(one) || !hasBetter(one)).map(describe);
  const detail = fields.map(({ field, message }) => `${field} ${message}`).join('; ');
  return new AppError('invalid_argument', `The request is not valid: ${detail}.`, { fields });
};
