import type { Page } from 'playwright-core';

/**
 * What is drawn of a line, in CSS pixels from the left and the top of the plot: for every column the highest pixel of
 * the line.
 */
export interface DrawnLine {
  readonly width: number;
  readonly tops: readonly (number | undefined)[];
}

/** Reads the pixels of the first chart. Only what is as opaque as the line counts, not the fade below it. */
export const drawnLine = async (page: Page): Promise<DrawnLine> =>
  (await page.evaluate(`(() => {
    const canvas = document.querySelector('.value-panel canvas');
    const over = document.querySelector('.value-panel .u-over').getBoundingClientRect();
    const box = canvas.getBoundingClientRect();
    const [red, green, blue] = (() => {
      const probe = document.createElement('canvas').getContext('2d');
      probe.fillStyle = getComputedStyle(canvas).getPropertyValue('--accent').trim();
      probe.fillRect(0, 0, 1, 1);
      return probe.getImageData(0, 0, 1, 1).data;
    })();
    const ratio = canvas.width / box.width;
    const [left, top] = [Math.round((over.left - box.left) * ratio), Math.round((over.top - box.top) * ratio)];
    const [width, height] = [Math.round(over.width * ratio), Math.round(over.height * ratio)];
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(left, top, width, height);
    const tops = [];
    for (let x = 0; x < width; x++) {
      let found = null;
      for (let y = 0; y < height && found === null; y++) {
        const at = (y * width + x) * 4;
        const away = Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue);
        if (data[at + 3] > 160 && away < 40) found = y / ratio;
      }
      tops.push(found);
    }
    return { width: width / ratio, tops: tops.map((top) => top ?? undefined) };
  })()`)) as DrawnLine;

/** The columns where the line has a peak that reaches up to a tenth of its height. */
export const peaksOf = ({ tops }: DrawnLine): number[] => {
  const known = tops.filter((top) => top !== undefined);
  const [highest, lowest] = [Math.min(...known), Math.max(...known)];
  const isHigh = tops.map((top) => typeof top === 'number' && top <= highest + (lowest - highest) / 10);
  const peaks: number[] = [];
  for (let from = 0; from < tops.length; from++) {
    if (!isHigh[from]) continue;
    let to = from;
    while (isHigh[to + 1]) to++;
    peaks.push((from + to) / 2);
    from = to;
  }
  return peaks;
};

/** Stretches of columns without a line, as first and last column. */
export const gapsOf = ({ tops }: DrawnLine): [number, number][] => {
  const gaps: [number, number][] = [];
  for (let from = 0; from < tops.length; from++) {
    if (typeof tops[from] === 'number') continue;
    let to = from;
    while (to + 1 < tops.length && typeof tops[to + 1] !== 'number') to++;
    gaps.push([from, to]);
    from = to;
  }
  return gaps;
};
