/** A letter of the size that somebody chose in the browser, in CSS pixels. */
export const remPx = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
