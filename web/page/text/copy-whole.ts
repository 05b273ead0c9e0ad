// Who copies an amount of which the page shows some digits has all of them, which stand in `data-whole`.

const copyWhole = (event: ClipboardEvent): void => {
  const selection = getSelection();
  if (!selection || !event.clipboardData) return;
  const text = selection.toString();
  const all = [...document.querySelectorAll<HTMLElement>('[data-whole]')]
    .filter((figure) => selection.containsNode(figure, true))
    .reduce((before, { textContent, dataset: { whole = '' } }) => before.replace(textContent, () => whole), text);
  if (all === text) return;
  event.clipboardData.setData('text/plain', all);
  event.preventDefault();
};
document.addEventListener('copy', copyWhole);

export {};
