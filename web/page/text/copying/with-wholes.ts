interface SelectedFigure {
  /** What is selected of it, as it is shown. */
  readonly shown: string;
  /** What is copied in its place, where it is shown shortened. */
  readonly whole?: string | undefined;
}

/** A text that was selected, with figures whole. @param figures all that are in it, in their order */
export const withWholes = (text: string, figures: readonly SelectedFigure[]): string => {
  let all = '';
  let rest = text;
  for (const { shown, whole } of figures) {
    const at = rest.indexOf(shown);
    if (at < 0) continue;
    all += rest.slice(0, at) + (whole ?? shown);
    rest = rest.slice(at + shown.length);
  }
  return all + rest;
};
