import type { FaultTexts } from './en.js';

export const de: FaultTexts = {
  nameShape: 'Nimm 3 bis 64 Buchstaben A bis Z, Ziffern 0 bis 9, „_“, „.“ oder „-“.',
  passwordShort: 'Nimm mindestens 8 Zeichen.',
  passwordLong: 'Nimm höchstens 128 Zeichen.',
  passwordCommon: 'Dieses Passwort wird mit als erstes erraten. Nimm ein anderes.',
  passwordLikeName: 'Nimm mehr als deinen Namen und ein paar Ziffern.',
  quantityShape: 'Schreibe eine Zahl wie 1,5 oder 1.234,5.',
  quantitySum:
    'Zusammen wären das mehr als 20 Stellen vor dem Komma, und mehr werden nicht aufbewahrt. Gib weniger ein.',
  refusals: {
    portfolioFull: 'Dieses Portfolio enthält so viele verschiedene Coins, wie hineinpassen. Entferne zuerst einen.',
    moreThanHeld: 'Inzwischen ist weniger davon im Bestand. Es wurde nichts geändert.',
    unknownChange: 'Diese Änderung liegt zu lange zurück, um sie zurückzunehmen.',
    unknownCoin: 'Die Börse führt diesen Coin nicht.',
    delisted: 'Die Börse handelt diesen Coin nicht mehr.',
    notValued: 'Der Kurs dieses Coins lässt sich gerade nicht in USDT umrechnen.',
    valuationAsset: 'Alles wird hier in USDT bewertet, deshalb lässt sich USDT selbst nicht hinzufügen.',
    otherSite:
      'Der Server hält diese Seite für die einer anderen Website und hat nichts geändert. In seinem Protokoll steht, welche Adressen sich unterscheiden; wer ihn betreibt, setzt PUBLIC_URL.',
    other: (words) => `Der Server hat das abgelehnt, mit seinen eigenen Worten: ${words}`,
  },
  tooMany: (seconds) => `Zu viele Versuche. In ${seconds} s geht es wieder.`,
  pageFault: 'Auf dieser Seite ging etwas schief. Lade sie neu und sieh nach, ob es geklappt hat.',
  serverFault: 'Auf dem Server ging etwas schief. Versuche es gleich noch einmal.',
};
