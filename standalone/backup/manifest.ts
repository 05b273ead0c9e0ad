import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from '@tickfolio/lib/config';
import { StartError } from '@tickfolio/lib/errors';

/** Raised when an older build could not restore what a newer one backs up. */
const formatVersion = 2;
export const manifestName = 'manifest.json';
/** Where the files lie, beside the manifest, as they lie in the data folder. */
export const filesName = 'data';

/** A path below `data` that stays there, with `/`. */
const path = z
  .string()
  .refine(
    (text) => text !== '' && !text.split('/').some((part) => part === '' || part === '.' || part === '..'),
    'is no path',
  );
/** The name of the store to which a path belongs. */
export const storeOf = (path: string): string => path.split('/')[0] ?? '';
const count = z.number().int().nonnegative();

const manifestSchema = z.object({
  format: z.union([z.literal(1), z.literal(formatVersion)]),
  product: z.literal('tickfolio'),
  /** Of the product that took the backup. */
  version: z.string(),
  /** The moment of which everything in it is. */
  takenAt: z.iso.datetime(),
  /** The data folder it was taken of. */
  dataFolder: z.string(),
  stores: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['database', 'archive', 'files']),
      bytes: count,
      /**
       * What was counted when the backup was opened to prove that it is whole; absent where it could not be opened on
       * that machine.
       */
      tables: z.array(z.object({ name: z.string(), rows: count })).optional(),
    }),
  ),
  /** Folders, empty ones too: PostgreSQL needs them. */
  folders: z.array(path),
  files: z.array(z.object({ path, bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  /** Symbolic links. */
  links: z.array(
    z
      .object({ path, to: z.string() })
      .refine(
        ({ path, to }) => !isAbsolute(to) && storeOf(join(dirname(path), to)) === storeOf(path),
        'leads out of its store',
      ),
  ),
});

export type Manifest = z.output<typeof manifestSchema>;
export type BackedUpStore = Manifest['stores'][number];

/** What a manifest is before it is known what it says. */
const anyManifest = z.object({ product: z.literal('tickfolio'), format: z.number(), version: z.string() });

/** @param facts all but what every manifest of this build says */
export const manifestText = (facts: Omit<Manifest, 'format' | 'product'>): string =>
  `${JSON.stringify({ format: formatVersion, product: 'tickfolio', ...facts } satisfies Manifest, undefined, 1)}\n`;

const unread = (backup: string, err: NodeJS.ErrnoException) =>
  new StartError(`${backup} is no backup: its ${manifestName} cannot be read (${err.code ?? err.message}).`);

/**
 * Reads the manifest of a backup. @throws StartError for what is no backup, one of a newer build, and a damaged
 * manifest
 */
export const readManifest = async (backup: string): Promise<Manifest> => {
  const text = await readFile(join(backup, manifestName), 'utf8').catch((err: NodeJS.ErrnoException) => {
    throw unread(backup, err);
  });
  return parseManifest(backup, text);
};

/** The same at once, for who cannot wait. */
export const readManifestSync = (backup: string): Manifest => {
  let text: string;
  try {
    text = readFileSync(join(backup, manifestName), 'utf8');
  } catch (err) {
    throw unread(backup, err as NodeJS.ErrnoException);
  }
  return parseManifest(backup, text);
};

const parseManifest = (backup: string, text: string): Manifest => {
  const file = join(backup, manifestName);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw damaged(file, 'it is no JSON');
  }
  const any = anyManifest.safeParse(content);
  if (!any.success) throw damaged(file, 'it is no manifest of this product');
  if (any.data.format > formatVersion)
    throw new StartError(
      `The backup ${backup} is of a newer build (${any.data.version}, format ${any.data.format}; this one reads up to ${formatVersion}). Restore it with that one.`,
    );
  const read = manifestSchema.safeParse(content);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw damaged(file, `${issue?.path.join('.')} ${issue?.message}`);
};

const damaged = (file: string, why: string) =>
  new StartError(`The backup is damaged: ${file}: ${why}. Nothing was changed.`);
