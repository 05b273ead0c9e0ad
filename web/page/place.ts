/** Where the page stands in its host, with a slash at both ends; the server writes it into the page. */
export const basePath: string = globalThis.document?.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '/';

/** Names that all pages of one host share: those of another instance, under another path, are others. */
export const namesPrefix = basePath === '/' ? '' : basePath;
