const written = globalThis.document?.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '';

/**
 * Where the page stands in its host, with a slash at both ends; the server writes it into the page. Any other server
 * shows it at the root.
 */
export const basePath: string = written.startsWith('/') ? written : '/';

/** Names that all pages of one host share: those of another instance, under another path, are others. */
export const namesPrefix = basePath === '/' ? '' : basePath;
