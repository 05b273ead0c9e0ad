import type { Page } from 'playwright-core';

/** A text as it was drawn last, in CSS pixels of its canvas. */
interface DrawnText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const script = `(() => {
  const texts = new Map();
  const { fillText, fillRect, clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    texts.delete(this.canvas);
    return clearRect.apply(this, box);
  };
  // The library of candles clears so.
  CanvasRenderingContext2D.prototype.fillRect = function (...box) {
    if (this.globalCompositeOperation === 'copy') texts.delete(this.canvas);
    return fillRect.apply(this, box);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
    const { a, d, e, f } = this.getTransform();
    const ratio = this.canvas.width / this.canvas.getBoundingClientRect().width;
    const { actualBoundingBoxLeft: left, actualBoundingBoxRight: right, actualBoundingBoxAscent: up, actualBoundingBoxDescent: down } = this.measureText(text);
    const drawn = { text, left: (e + a * (x - left)) / ratio, right: (e + a * (x + right)) / ratio, top: (f + d * (y - up)) / ratio, bottom: (f + d * (y + down)) / ratio };
    if (text !== '') texts.set(this.canvas, [...(texts.get(this.canvas) ?? []), drawn]);
    return fillText.call(this, text, x, y, ...more);
  };
  window.drawnTexts = () => [...texts].filter(([canvas]) => canvas.isConnected).map(([, drawn]) => drawn);
})()`;

/** Notes what is written on canvases from the next page on. */
export const noteDrawnTexts = (page: Page) => page.addInitScript(script);

/** What stands on each canvas of the page now. */
export const drawnTexts = (page: Page) => page.evaluate('window.drawnTexts()') as Promise<DrawnText[][]>;

/** Texts that touch another one, or the left edge of their canvas. */
export const spoiltTexts = (canvases: readonly (readonly DrawnText[])[]): string[] =>
  canvases.flatMap((texts) =>
    texts.flatMap((one, at) => [
      ...(one.left < 0 ? [`${one.text} is cut off`] : []),
      ...texts
        .slice(at + 1)
        .filter(
          (other) =>
            one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom,
        )
        .map((other) => `${one.text} covers ${other.text}`),
    ]),
  );
