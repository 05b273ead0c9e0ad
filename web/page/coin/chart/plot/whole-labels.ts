/** The library moves those at the ends of everything inside, to half a pixel. */
const nearPixels = 1;

/**
 * Leaves out labels of the axis of times that would be cut off at its left edge; the library has no say in it, for it
 * keeps what it wrote of a moment wherever that stands.
 * @param axis what they are drawn on, in CSS pixels
 */
export const keepWholeLabels = (axis: CanvasRenderingContext2D): void => {
  const write = axis.fillText.bind(axis);
  axis.fillText = (text, x, y, most) => {
    if (axis.textAlign === 'center' && x < axis.measureText(text).width / 2 - nearPixels) return;
    if (most === undefined) write(text, x, y);
    else write(text, x, y, most);
  };
};
