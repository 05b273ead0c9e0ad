import { encodeQR } from 'qr';

/** A QR code as an SVG path of squares of one unit. */
export interface QrPath {
  /** Units along an edge, with the quiet zone around it. */
  readonly size: number;
  readonly path: string;
}

/** Light units around the dark ones; readers need them (ISO/IEC 18004, 6.3.8). */
const quietZone = 4;

export const qrPath = (text: string): QrPath => {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: quietZone });
  const runs = rows.flatMap((row, y) =>
    row.flatMap((isDark, x) => {
      if (!isDark || row[x - 1]) return [];
      const end = row.indexOf(false, x);
      const width = (end === -1 ? row.length : end) - x;
      return [`M${x} ${y}h${width}v1h-${width}z`];
    }),
  );
  return { size: rows.length, path: runs.join('') };
};
