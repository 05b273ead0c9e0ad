// Before the first picture, so that nothing flashes: the chosen theme and language. Says nothing where the browser keeps nothing for a page.
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
  const language = kept('tickfolio.language') ?? navigator.language.slice(0, 2);
  document.documentElement.lang = language === 'de' ? 'de' : 'en';
})();
