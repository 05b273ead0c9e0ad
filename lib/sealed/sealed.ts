import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../errors/errors.js';

/** What data keys are wrapped with, and how sealed texts name it. */
export interface SealingKey {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * Seals what must be read back, such as another system's secret: AES-256-GCM under a key of its own for each text, which
 * is wrapped with the active sealing key. So a change of that touches the wrapping only, and no nonce meets a key twice.
 */
export interface Sealer {
  /** What every text begins with that is sealed from now on, and none that another key sealed. */
  readonly prefix: string;
  /** @param place where the text belongs (its table, row, field): it opens nowhere else */
  seal(plain: string, place: readonly string[]): string;
  /**
   * @throws AppError failed_precondition naming the key where it is none of these, internal where the text does not
   * belong here or was changed
   */
  open(sealed: string, place: readonly string[]): string;
}

const algorithm = 'aes-256-gcm';
/** Said always: without it Node takes shortened tags. */
const authTagLength = 16;
const ivLength = 12;
const keyLength = 32;
const version = 'tfk1';

const derived = (secret: string, what: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `tickfolio ${what}`, keyLength));

/** A key out of a setting, by HKDF-SHA256, so that it says nothing of other keys out of the same one. */
export const sealingKey = (secret: string): SealingKey => {
  const key = derived(secret, 'sealing key');
  return { id: createHash('sha256').update('id').update(key).digest('hex').slice(0, 8), key };
};

/** Each with its length before it, so that no two lists are written alike. */
const writeFields = (fields: readonly string[]): Buffer =>
  Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );

const encrypt = (key: Buffer, plain: Buffer, aad: Buffer): Buffer => {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength }).setAAD(aad);
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
};
const decrypt = (key: Buffer, sealed: Buffer, aad: Buffer): Buffer => {
  const iv = sealed.subarray(0, ivLength);
  const tag = sealed.subarray(ivLength, ivLength + authTagLength);
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength }).setAAD(aad).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(ivLength + authTagLength)), decipher.final()]);
};

/** @param active seals @param others still open what they sealed before */
export const createSealer = (active: SealingKey, others: readonly SealingKey[] = []): Sealer => {
  const keys = new Map([...others, active].map(({ id, key }) => [id, key]));
  const aadOf = (place: readonly string[], id: string) => writeFields(['tickfolio', version, ...place, id]);
  const prefix = `${version}.${active.id}.`;
  return {
    prefix,
    seal: (plain, place) => {
      const aad = aadOf(place, active.id);
      const own = randomBytes(keyLength);
      const parts = [encrypt(active.key, own, aad), encrypt(own, Buffer.from(plain), aad)];
      return `${prefix}${parts.map((part) => part.toString('base64url')).join('.')}`;
    },
    open: (sealed, place) => {
      const [head, id = '', wrapped = '', text = '', ...rest] = sealed.split('.');
      const key = keys.get(id);
      if (head === version && !key)
        throw new AppError(
          'failed_precondition',
          `This was sealed with the key "${id.slice(0, 32)}", which the service does not have at the moment.`,
        );
      try {
        if (!key || rest.length > 0) throw new Error('no sealed text');
        const aad = aadOf(place, id);
        const own = decrypt(key, Buffer.from(wrapped, 'base64url'), aad);
        return decrypt(own, Buffer.from(text, 'base64url'), aad).toString();
      } catch (cause) {
        throw new AppError('internal', 'Something went wrong on our side.', { cause });
      }
    },
  };
};
