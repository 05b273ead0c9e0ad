import decodeQR from 'qr/decode.js';
import { expect, it } from 'vitest';
import { qrPath } from './qr-path.js';

/** The picture of a path, as a camera sees it: this many pixels a unit. */
const pixels = 6;
const drawn = ({ size, path }: ReturnType<typeof qrPath>) => {
  const edge = size * pixels;
  const data = new Uint8ClampedArray(edge * edge * 4).fill(255);
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let row = Number(y) * pixels; row < (Number(y) + 1) * pixels; row++)
      for (let at = Number(x) * pixels; at < (Number(x) + Number(width)) * pixels; at++)
        data.fill(0, (row * edge + at) * 4, (row * edge + at) * 4 + 3);
  return { width: edge, height: edge, data };
};

it('shows a QR code that an app reads as the secret of the account', () => {
  const uri =
    'otpauth://totp/tickfolio:maria_the.first?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=tickfolio&digits=6&period=30';
  expect(decodeQR(drawn(qrPath(uri)))).toBe(uri);
});

it('keeps four light units around it, without which cameras do not find it', () => {
  const { size, path } = qrPath('otpauth://totp/x');
  const xs = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map(([, x, y, width]) => [Number(x), Number(y), Number(width)]);
  expect(Math.min(...xs.flatMap(([x = 0, y = 0]) => [x, y]))).toBe(4);
  expect(Math.max(...xs.map(([x = 0, , width = 0]) => x + width), ...xs.map(([, y = 0]) => y + 1))).toBe(size - 4);
});
