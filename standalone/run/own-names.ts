import type { z } from '@tickfolio/lib/config';

type OwnNames<Service extends string, Shape, Name extends string & keyof Shape> = {
  readonly [N in Name as `${Service}_${N}`]: Shape[N];
};

/**
 * Settings of a service by names that begin with its own, because several services in this process have one of that
 * name. Those of before are read too: whichever is set gives the other its value.
 * @returns both; set to different things, the name of before is refused in words
 */
export const withOwnNames = <
  const Service extends string,
  Shape extends z.ZodRawShape,
  const Name extends string & keyof Shape,
>(
  env: NodeJS.ProcessEnv,
  service: Service,
  shape: Shape,
  names: readonly Name[],
): Pick<Shape, Name> & OwnNames<Service, Shape, Name> => {
  const both: Record<string, z.ZodType> = {};
  for (const name of names) {
    const schema = shape[name] as unknown as z.ZodType;
    const own = `${service}_${name}`;
    const given = { own: env[own] || undefined, before: env[name] || undefined };
    const isGood = (text: string | undefined): text is string => text !== undefined && schema.safeParse(text).success;
    const words = { ...schema.meta(), description: `\`${name}\`, by a name that is this service's alone.` };
    both[own] = (given.own === undefined && isGood(given.before) ? schema.prefault(given.before) : schema).meta(words);
    const differ = given.own !== undefined && given.before !== undefined && given.own !== given.before;
    if (differ)
      both[name] = schema.refine(
        () => false,
        `is set to something else than ${own}, which means the same: set one of them`,
      );
    else both[name] = given.before === undefined && isGood(given.own) ? schema.prefault(given.own) : schema;
  }
  return both as Pick<Shape, Name> & OwnNames<Service, Shape, Name>;
};
