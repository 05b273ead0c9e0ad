// Before the first picture: the theme that was chosen on the page. Says nothing where the browser keeps nothing.
(() => {
  try {
    const root = document.documentElement;
    const home = new URL(root.dataset.root, location.href).pathname;
    const theme = localStorage.getItem(`${home === '/' ? '' : home}tickfolio.theme`);
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  } catch {}
})();
