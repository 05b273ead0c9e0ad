import { need, urlOf } from './place.js';
import { finishCode } from './samples.js';
import { offerSearch } from './search.js';
import { offerSignIn } from './session.js';
import { offerTrying } from './try-call.js';
import { offerDemo } from './watch-demo.js';

/** What the address names, as it was written where that is no encoded text. */
const named = (hash: string): string => {
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
};

/** Opens what the address names, so that a link to a call shows it. */
const openTarget = (): void => {
  const target = document.getElementById(named(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
};

/** Undefined where nobody says: a proxy may keep that answer to itself, and a server may not know yet. */
const readSimulated = async (): Promise<boolean | null | undefined> => {
  try {
    const answer = await fetch(urlOf('ready'));
    return ((await answer.json()) as { readonly simulated?: boolean | null }).simulated;
  } catch {
    return undefined;
  }
};
/** Every page says that prices are simulated where they are, and that it does not know where it cannot. */
const sayWhetherSimulated = async (): Promise<void> => {
  const mark = need<HTMLElement>('.simulated');
  const simulated = await readSimulated();
  mark.hidden = simulated === false;
  if (typeof simulated !== 'boolean') mark.textContent = 'Simulated or real prices: not known';
};

/** On a narrow screen the list of contents is folded; only the screen knows that. */
const foldContents = (): void => {
  const contents = document.querySelector<HTMLDetailsElement>('.contents');
  const narrow = matchMedia('(max-width: 899px)');
  const fit = () => {
    if (contents) contents.open = !narrow.matches;
  };
  narrow.addEventListener('change', fit);
  contents?.addEventListener('click', ({ target }) => {
    if (narrow.matches && target instanceof Element && target.closest('a')) contents.open = false;
  });
  fit();
};

foldContents();
finishCode();
offerSearch();
offerSignIn();
offerTrying();
offerDemo();
addEventListener('hashchange', openTarget);
openTarget();
void sayWhetherSimulated();
