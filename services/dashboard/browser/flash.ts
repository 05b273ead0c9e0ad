const names = ['flash-odd', 'flash-even'] as const;

/**
 * Lets an element light up for a moment. Two names in turn, so that it starts anew while it still runs; the style sheet
 * knows who wants no motion.
 */
export const flash = (element: Element): void => {
  const even = element.classList.contains(names[0]);
  element.classList.remove(...names);
  element.classList.add(names[even ? 1 : 0]);
};
