/** In this order: most browsers also say what they are like. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+.*\bSafari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];
/** What programs say first: their name before a slash. */
const product = /^([\w.-]{1,40})(\/|\s|$)/;
/** No browser says more; the rest is not looked at. */
const maxLooked = 512;

const nameOf = (names: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1];

/** What asks, in words that its owner knows it by, such as `Firefox on Linux` or `curl`; empty where it does not say. */
export const deviceOf = (userAgent: string): string => {
  const text = userAgent.slice(0, maxLooked);
  const [browser, system] = [nameOf(browsers, text), nameOf(systems, text)];
  if (browser) return system ? `${browser} on ${system}` : browser;
  return product.exec(text)?.[1] ?? '';
};
