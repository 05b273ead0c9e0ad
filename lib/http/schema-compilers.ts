import { AjvCompiler, type BuildCompilerFromPool } from '@fastify/ajv-compiler';
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type Compilers = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;
type Compile = ReturnType<BuildCompilerFromPool>;
type Validate = ReturnType<Compile>;

/**
 * Fastify's own compilers of schemas, which work when a part of a route is first asked for instead of at the start: a
 * gateway has hundreds, and a first call takes a few milliseconds longer. A schema that cannot be compiled fails that
 * call, as an error of the server.
 */
export const compilersAtFirstCall = (): Compilers => {
  const validators = AjvCompiler();
  const serializers = SerializerSelector();
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
    return (route) => {
      let made: ReturnType<typeof compile> | undefined;
      return (answer) => {
        made ??= compile(route);
        return made(answer);
      };
    };
  };
  return { buildValidator, buildSerializer };
};
