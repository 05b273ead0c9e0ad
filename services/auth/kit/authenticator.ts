import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

// A passkey in software, as a browser's authenticator has it: ES256, no attestation, user verified.

type Cbor = string | number | Buffer | ReadonlyMap<string | number, Cbor>;

const head = (major: number, value: number): Buffer => {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  return value < 256
    ? Buffer.from([(major << 5) | 24, value])
    : Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
};
const cbor = (value: Cbor): Buffer => {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, one]) => [cbor(key), cbor(one)])]);
};
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const base64url = (data: Buffer) => data.toString('base64url');

const flags = { present: 1, verified: 4, attested: 64 };

export interface Ceremony {
  /** What the service gave for `navigator.credentials`. */
  readonly optionsJson: string;
  /** Of the page that asks. Default `http://localhost:8080` */
  readonly origin?: string;
  /** Default true. */
  readonly verified?: boolean;
}

/** @param counts whether it counts its uses; those of today's phones and computers do not */
export const createAuthenticator = ({ counts = false, rpId = 'localhost' } = {}) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  let counter = 0;
  const authData = (verified: boolean, attested: Buffer) => {
    const count = Buffer.alloc(4);
    if (counts) count.writeUInt32BE(++counter);
    const flag = flags.present | (verified ? flags.verified : 0) | (attested.length > 0 ? flags.attested : 0);
    return Buffer.concat([sha256(rpId), Buffer.from([flag]), count, attested]);
  };
  const clientData = (type: string, optionsJson: string, origin: string) => {
    const { challenge } = JSON.parse(optionsJson) as { challenge: string };
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  };
  const whole = (response: object) =>
    JSON.stringify({
      id: base64url(id),
      rawId: base64url(id),
      type: 'public-key',
      clientExtensionResults: {},
      response,
    });
  return {
    id: base64url(id),
    /** A copy of it, as somebody might have taken one, counts on from here by itself. */
    rewind: () => {
      counter--;
    },
    make: ({ optionsJson, origin = 'http://localhost:8080', verified = true }: Ceremony): string => {
      const key = cbor(
        new Map<number, Cbor>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x, 'base64url')],
          [-3, Buffer.from(y, 'base64url')],
        ]),
      );
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const attestation = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData(verified, attested)],
      ]);
      return whole({
        clientDataJSON: base64url(clientData('webauthn.create', optionsJson, origin)),
        attestationObject: base64url(cbor(attestation)),
        transports: ['internal'],
      });
    },
    sign: ({ optionsJson, origin = 'http://localhost:8080', verified = true }: Ceremony): string => {
      const client = clientData('webauthn.get', optionsJson, origin);
      const data = authData(verified, Buffer.alloc(0));
      const signature = createSign('sha256')
        .update(Buffer.concat([data, sha256(client)]))
        .sign(privateKey);
      return whole({
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(signature),
      });
    },
  };
};
