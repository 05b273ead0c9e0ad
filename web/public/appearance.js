// Before the first picture, so that nothing flashes: the chosen theme and language.
try {
  const theme = localStorage.getItem('tickfolio.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem('tickfolio.language') ?? navigator.language.slice(0, 2);
  document.documentElement.lang = language === 'de' ? 'de' : 'en';
} catch {}
