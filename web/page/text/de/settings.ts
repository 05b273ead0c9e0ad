import type { SettingsTexts } from '../en/settings.js';

export const settings: SettingsTexts = {
  sections: { profile: 'Profil', security: 'Sicherheit', display: 'Anzeige' },
};
