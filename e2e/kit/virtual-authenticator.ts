import type { Page } from 'playwright-core';

export interface VirtualAuthenticator {
  /** Whether its user is there, who then says yes to all that is asked, at once. */
  setPresence(isThere: boolean): Promise<void>;
}

/** Gives the page's browser a device that keeps passkeys, whose user is there. */
export const addVirtualAuthenticator = async (page: Page): Promise<VirtualAuthenticator> => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    setPresence: async (isThere) => {
      await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: isThere });
    },
  };
};
