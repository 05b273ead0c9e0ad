/** The root of the server, as this page was opened: below the base path, with a slash at its end. */
export const home = new URL(document.documentElement.dataset.root ?? './', location.href);

export const urlOf = (path: string): URL => new URL(path, home);

/** The first element that matches. @throws Error where the page has none, which is a fault of the build */
export const need = <Found extends Element>(selector: string, within: ParentNode = document): Found => {
  const found = within.querySelector<Found>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
};
