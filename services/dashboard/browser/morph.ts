/** Told when a text that a reader watches has changed; `within` is its closest element with `data-flash`. */
export type OnChange = (within: Element) => void;

const keyOf = (node: Node): string | null => (node instanceof Element ? node.getAttribute('data-key') : null);
/** Belongs to a script: its insides, its style and its classes. */
const isKept = (node: Node): boolean => node instanceof Element && node.hasAttribute('data-keep');
const matches = (a: Node, b: Node): boolean =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

/** What a reader set, not the page. */
const ownAttributes = new Set(['open']);
/** A class that comes and goes by script. */
const ownClassOf = (element: Element): string => /\bflash-\w+\b/.exec(element.getAttribute('class') ?? '')?.[0] ?? '';

const morphAttributes = (from: Element, to: Element): void => {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !ownAttributes.has(name) && !(name === 'class' && ownClassOf(from) !== ''))
      from.removeAttribute(name);
  }
  for (const { name, value } of [...to.attributes]) {
    const wanted = name === 'class' ? `${value} ${ownClassOf(from)}`.trim() : value;
    if (from.getAttribute(name) !== wanted) from.setAttribute(name, wanted);
  }
};

const morphChildren = (from: Node, to: Node, onChange: OnChange): void => {
  const keyed = new Map<string, Node>();
  for (const child of from.childNodes) {
    const key = keyOf(child);
    if (key !== null) keyed.set(key, child);
  }
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const key = keyOf(wanted);
    const candidate = key === null ? at : (keyed.get(key) ?? null);
    if (candidate && matches(candidate, wanted)) {
      if (candidate === at) at = at.nextSibling;
      else from.insertBefore(candidate, at);
      morph(candidate, wanted, onChange);
    } else from.insertBefore(wanted, at);
  }
  while (at) {
    const next: ChildNode | null = at.nextSibling;
    at.remove();
    at = next;
  }
};

/**
 * Makes `from` what `to` is while keeping every node that can stay: focus, selection, scroll position and open details
 * survive. Children with the same `data-key` are the same thing wherever they stand. `to` is used up.
 */
export const morph = (from: Node, to: Node, onChange: OnChange): void => {
  if (from instanceof CharacterData && to instanceof CharacterData) {
    if (from.data === to.data) return;
    from.data = to.data;
    const watched = from.parentElement?.closest('[data-flash]');
    if (watched) onChange(watched);
    return;
  }
  if (!(from instanceof Element && to instanceof Element)) return;
  if (isKept(from)) {
    from.setAttribute('data-label', to.getAttribute('data-label') ?? '');
    return;
  }
  // A reader is writing there.
  if (from instanceof HTMLInputElement || from instanceof HTMLSelectElement) return;
  morphAttributes(from, to);
  morphChildren(from, to, onChange);
};
