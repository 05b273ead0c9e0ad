/** The settings. */
export const settings = {
  sections: { profile: 'Profile', security: 'Security', display: 'Display' },
};

export type SettingsTexts = typeof settings;
