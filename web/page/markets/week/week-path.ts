const [height, margin] = [28, 2];
export const weekWidth = 100;
export const weekHeight = height;

/**
 * A line through prices at equal distances, as the path of a picture of 100 by 28. Where one is not known the line
 * ends, and goes on where the next one is; a price between two gaps is a point.
 */
export const weekPath = (prices: readonly (string | null)[]): string => {
  const values = prices.map((price) => (price === null ? undefined : Number(price)));
  const known = values.filter((value) => value !== undefined);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  const step = weekWidth / Math.max(1, prices.length - 1);
  const placeOf = (value: number, at: number) => {
    const y = span === 0 ? height / 2 : margin + (1 - (value - low) / span) * (height - 2 * margin);
    return `${(at * step).toFixed(1)} ${y.toFixed(1)}`;
  };
  return values
    .map((value, at) => {
      if (value === undefined) return '';
      const place = placeOf(value, at);
      if (values[at - 1] !== undefined) return `L${place}`;
      return values[at + 1] === undefined ? `M${place}h0` : `M${place}`;
    })
    .join('');
};
