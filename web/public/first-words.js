// Loads the page anew where a file of it is gone, which an update may have done: once for each build and minute, so never in circles, and
// only while the server answers, since a browser shows its own page of faults in place of one that cannot be loaded. And
// why the page does not appear, in words, where it does not: its script is kept back, breaks, or is too new for the browser. In the
// language of browsers of 2016; for older ones stand the page's own first words, which need no script.
(() => {
  const words = {
    en: {
      old: 'This browser is too old for this page. It works with Chrome, Edge, Firefox and Safari of 2023 and later.',
      file: 'A part of this page could not be loaded. Check the connection, and whether a filter or a proxy keeps it back:',
      fault: 'This page could not start:',
      reload: 'Reload',
    },
    de: {
      old: 'Dieser Browser ist zu alt für diese Seite. Sie läuft mit Chrome, Edge, Firefox und Safari ab 2023.',
      file: 'Ein Teil dieser Seite war nicht zu laden. Prüfe die Verbindung, und ob ein Filter oder ein Proxy ihn zurückhält:',
      fault: 'Diese Seite konnte nicht starten:',
      reload: 'Neu laden',
    },
  };
  const say = (kind, detail) => {
    const place = document.querySelector('.first-words');
    // Without them the page is there, and says by itself what is wrong.
    if (!place) return;
    const said = place.getAttribute('data-said');
    // Of a file that does not come two things are told; which one says more.
    if (said && !(said === 'fault' && kind === 'file')) return;
    const text = words[document.documentElement.lang === 'de' ? 'de' : 'en'];
    const line = document.createElement('p');
    const button = document.createElement('button');
    line.textContent = `${text[kind]} ${detail}`;
    button.textContent = text.reload;
    button.className = 'button';
    button.onclick = () => location.reload();
    place.textContent = '';
    place.setAttribute('data-said', kind);
    place.setAttribute('role', 'alert');
    place.appendChild(line);
    place.appendChild(button);
  };
  // As soon as the whole document is read, which is before its script runs.
  const sayOnceThere = (kind, detail) => {
    if (document.readyState === 'loading')
      document.addEventListener('readystatechange', () => say(kind, detail), { once: true });
    else say(kind, detail);
  };
  const minGapMs = 60000;
  /** @returns false where this build was loaded anew already, which has not helped; true once, which is kept */
  const takeTry = () => {
    try {
      const key = `tickfolio.loaded-anew ${document.querySelector('meta[name="base-path"]').content}`;
      const now = Date.now();
      /** The page's own script; its name is made of its content. */
      const build = document.querySelector('script[type="module"]').src;
      const before = JSON.parse(sessionStorage.getItem(key) || '{}');
      const after = {};
      // Of several builds that a balancer shows in turn, each has one try.
      for (const one of Object.keys(before)) if (Math.abs(now - before[one]) < minGapMs) after[one] = before[one];
      if (after[build]) return false;
      after[build] = now;
      sessionStorage.setItem(key, JSON.stringify(after));
      return true;
    } catch (_blocked) {
      // Nothing is kept here; whether this was a reload is known all the same.
      const navigation = performance.getEntriesByType('navigation')[0];
      return navigation && navigation.type !== 'reload';
    }
  };
  let leaving = false;
  let waiting = [];
  /** @param otherwise called where loading the page anew has not helped, or would show the browser's own page of faults */
  const loadAnew = (otherwise) => {
    waiting.push(otherwise);
    if (leaving) return;
    leaving = true;
    const stay = () => {
      const all = waiting;
      leaving = false;
      waiting = [];
      for (const one of all) one();
    };
    // Only a browser too old for the page lacks what bounds it.
    fetch(location.href, { method: 'HEAD', signal: AbortSignal.timeout(5000) }).then(
      (answer) => (answer.status < 500 && takeTry() ? location.reload() : stay()),
      stay,
    );
  };
  const isOwnFile = (address) =>
    address && address.indexOf(`${location.origin}/`) === 0 && address.indexOf('/assets/') > 0;
  const isOld =
    !('noModule' in document.createElement('script')) || !window.AbortSignal || !AbortSignal.timeout || !Object.hasOwn;
  if (isOld) sayOnceThere('old', '');
  addEventListener(
    'error',
    (event) => {
      const address = event.target.src || event.target.href;
      if (isOwnFile(address)) loadAnew(() => sayOnceThere('file', address));
      else if (address) sayOnceThere('file', address);
      else if (/^(Uncaught )?SyntaxError/.test(event.message)) sayOnceThere('old', '');
      else if (event.message) sayOnceThere('fault', event.message);
    },
    true,
  );
  /** Why parts of the page did not come. */
  const ofParts = [];
  const sayOfPart = (why) => {
    const isOfFile = /dynamically imported module|Importing a module script|Unable to preload/.test(why);
    if (!isOfFile) sayOnceThere('fault', why);
    else sayOnceThere('file', (/https?:\S+/.exec(why) || [''])[0]);
  };
  // A part that is loaded later, also the one that draws the page; once something is drawn, the page itself says what
  // else is to be said of it.
  addEventListener('vite:preloadError', (event) => {
    const why = String(event.payload);
    ofParts.push(event.payload);
    if (/^SyntaxError/.test(why)) sayOnceThere('old', '');
    else loadAnew(() => sayOfPart(why));
  });
  addEventListener('unhandledrejection', (event) => {
    // Else a fault is read for as long as it takes to load the page anew.
    if (ofParts.indexOf(event.reason) < 0) sayOnceThere('fault', String(event.reason));
  });
})();
