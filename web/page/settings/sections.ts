/** The pages of the settings, in the order of their links. */
export const sections = ['profile', 'security', 'display'] as const;
export type Section = (typeof sections)[number];
