/** What addresses begin with in documents that customers have, and what those of the same calls begin with here. */
export const aliases: Readonly<Record<string, string>> = {
  '/api/portfolio': '/api/v1/portfolios',
  '/users': '/api/v1/auth/register',
  '/api/trading/orders': '/api/v1/orders',
};

/** The address of the call that is meant; one that is no alias is left as it is. */
export const withoutAlias = (url: string): string => {
  for (const [alias, meant] of Object.entries(aliases)) {
    const rest = url.slice(alias.length);
    if (url.startsWith(alias) && /^([/?]|$)/.test(rest)) return meant + rest;
  }
  return url;
};

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** The same calls once more, under their other addresses, as the description of the interfaces has them. */
export const aliasPaths = (paths: object): object => {
  const deprecatedOf = (path: string, [method, operation]: readonly [string, Operation]) => ({
    ...operation,
    operationId: `${operation.operationId}Alias`,
    summary: `${operation.summary} (alias)`,
    description: `The same as \`${method.toUpperCase()} ${path.replace(/\/$/, '')}\`, by an address of older documents.`,
    deprecated: true,
    'x-alias-of': operation.operationId,
  });
  return Object.fromEntries(
    Object.entries(aliases).flatMap(([alias, meant]) =>
      Object.entries(paths as Paths)
        .filter(([path]) => path === meant || path.startsWith(`${meant}/`))
        .map(([path, methods]) => [
          alias + path.slice(meant.length),
          Object.fromEntries(Object.entries(methods).map((one) => [one[0], deprecatedOf(path, one)])),
        ]),
    ),
  );
};
