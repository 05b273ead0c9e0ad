// Before the first picture, so that nothing flashes or moves: the chosen theme and language, and what else the style asks for. Says nothing where the browser keeps nothing for a page.
(() => {
  const kept = (key) => {
    try {
      const { content } = document.querySelector('meta[name="base-path"]');
      return localStorage.getItem((content === '/' ? '' : content) + key);
    } catch {
      return null;
    }
  };
  const theme = kept('tickfolio.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  for (const name of ['directions', 'discreet', 'calm', 'rail']) {
    const value = kept(`tickfolio.${name}`);
    if (value) document.documentElement.dataset[name] = value;
  }
  const language = kept('tickfolio.language') ?? navigator.language.slice(0, 2);
  document.documentElement.lang = language === 'de' ? 'de' : 'en';
  // Its words come together with the page's script, not after it; where they are the build has written.
  const words = document.currentScript.getAttribute(`data-${document.documentElement.lang}`);
  if (words) {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = words;
    document.head.appendChild(link);
  }
})();
