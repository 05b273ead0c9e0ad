import { AjvCompiler, type BuildCompilerFromPool } from '@fastify/ajv-compiler';
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type Compilers = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;
type Compile = ReturnType<BuildCompilerFromPool>;
type Validate = ReturnType<Compile>;
type Serialize = ReturnType<ReturnType<ReturnType<typeof SerializerSelector>>>;

/** Those of all servers of a process, which have the same schemas: ajv keeps what it has compiled by the schema. */
const validators = AjvCompiler();
const serializers = SerializerSelector();
/** By the schema, as far as that stands for itself: a problem is answered by every route. */
const compiled = new WeakMap<object, Serialize>();

/**
 * Fastify's own compilers of schemas, which work when a part of a route is first asked for instead of at the start: a
 * gateway has hundreds, and a first call takes a few milliseconds longer. A schema that cannot be compiled fails that
 * call, as an error of the server.
 */
export const compilersAtFirstCall = (): Compilers => {
  const buildValidator: BuildCompilerFromPool = (schemas, options) => {
    let compile: Compile | undefined;
    return (route) => {
      let made: Validate | undefined;
      const validate = (data: unknown) => {
        compile ??= validators(schemas, options);
        made ??= compile(route);
        const isGood = made(data);
        // Where Fastify looks for what is wrong.
        validate.errors = made.errors;
        return isGood;
      };
      validate.errors = undefined as Validate['errors'];
      return validate as unknown as Validate;
    };
  };
  const buildSerializer: Compilers['buildSerializer'] = (schemas, options) => {
    const compile = serializers(schemas, options);
    const isShared = options === undefined && Object.keys(schemas as object).length === 0;
    return (route) => {
      let made: Serialize | undefined;
      const make = (): Serialize => {
        const schema = route.schema as object;
        const one = (isShared ? compiled.get(schema) : undefined) ?? compile(route);
        if (isShared) compiled.set(schema, one);
        return one;
      };
      return (answer) => {
        made ??= make();
        return made(answer);
      };
    };
  };
  return { buildValidator, buildSerializer };
};
