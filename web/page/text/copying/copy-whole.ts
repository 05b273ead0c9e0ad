import { withWholes } from './with-wholes.js';

// Who copies an amount of which the page shows some digits has all of them, which stand in `data-whole`.

/** What of an element is selected, as it is shown. */
const selectedOf = (element: Element, selected: Range): string => {
  const part = document.createRange();
  part.selectNodeContents(element);
  if (part.compareBoundaryPoints(Range.START_TO_START, selected) < 0)
    part.setStart(selected.startContainer, selected.startOffset);
  if (part.compareBoundaryPoints(Range.END_TO_END, selected) > 0)
    part.setEnd(selected.endContainer, selected.endOffset);
  return part.toString();
};

const copyWhole = (event: ClipboardEvent): void => {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0 || !event.clipboardData) return;
  const selected = selection.getRangeAt(0);
  const text = selection.toString();
  const figures = [...document.querySelectorAll<HTMLElement>('.digits')]
    .filter((figure) => figure.getClientRects().length > 0 && selection.containsNode(figure, true))
    .map((figure) => {
      const shown = selectedOf(figure, selected);
      // Of one that is selected in part the part is meant.
      return { shown, whole: shown === figure.textContent ? figure.dataset.whole : undefined };
    });
  const all = withWholes(text, figures);
  if (all === text) return;
  event.clipboardData.setData('text/plain', all);
  event.preventDefault();
};
document.addEventListener('copy', copyWhole);
