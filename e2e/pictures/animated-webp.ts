/** One picture of a film, as Chromium encodes it: a lossy WebP file. */
export interface FilmPicture {
  readonly file: Buffer;
  readonly shownMs: number;
}

const chunk = (name: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};
const number24 = (value: number): Buffer => Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255]);

/** The coded picture in a WebP file. @throws Error where there is none of the simple lossy form */
const codedPicture = (file: Buffer): Buffer => {
  for (let at = 12; at + 8 <= file.length; ) {
    const [name, size] = [file.toString('latin1', at, at + 4), file.readUInt32LE(at + 4)];
    if (name === 'VP8 ') return file.subarray(at + 8, at + 8 + size);
    at += 8 + size + (size % 2);
  }
  throw new Error('a picture of the film is no lossy WebP');
};

/** Width and height stand behind the start code of a key frame (RFC 6386, 9.1). */
const sizeOf = (coded: Buffer) => ({ width: coded.readUInt16LE(6) & 0x3fff, height: coded.readUInt16LE(8) & 0x3fff });

/**
 * Puts pictures of one size together to an animated WebP file that begins anew at its end (Google's "WebP Container
 * Specification"). Nothing is coded anew.
 */
export const animatedWebp = (pictures: readonly FilmPicture[]): Buffer => {
  const coded = pictures.map(({ file, shownMs }) => ({ picture: codedPicture(file), shownMs }));
  const [first] = coded;
  if (!first) throw new Error('a film has at least one picture');
  const { width, height } = sizeOf(first.picture);
  const size = Buffer.concat([number24(width - 1), number24(height - 1)]);
  const isAnimated = 2;
  const replacesAll = 2; // Not blended with the picture before.
  const frames = coded.map(({ picture, shownMs }) => {
    if (sizeOf(picture).width !== width || sizeOf(picture).height !== height)
      throw new Error('the pictures of a film have one size');
    const head = Buffer.concat([Buffer.alloc(6), size, number24(Math.round(shownMs)), Buffer.from([replacesAll])]);
    return chunk('ANMF', Buffer.concat([head, chunk('VP8 ', picture)]));
  });
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    chunk('VP8X', Buffer.concat([Buffer.from([isAnimated, 0, 0, 0]), size])),
    chunk('ANIM', Buffer.alloc(6)),
    ...frames,
  ]);
  return chunk('RIFF', body);
};
