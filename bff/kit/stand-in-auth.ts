import { AppError } from '@tickfolio/lib/errors';
import type { AuthClient } from '../app.js';

const noCall = async () => {
  throw new AppError('unavailable', 'There are no accounts here.');
};

/** Whoever brings a token is signed in, and nobody signs in. */
export const standInAuth: AuthClient = {
  register: noCall,
  login: noCall,
  secondFactor: noCall,
  recover: noCall,
  beginPasskeyLogin: noCall,
  loginWithPasskey: noCall,
  account: noCall,
  refresh: noCall,
  logout: noCall,
  logoutEverywhere: noCall,
  isSessionOpen: async () => true,
  deletion: noCall,
  listEvents: async () => ({ events: [], next: 0, stream: { lastVersion: 0, epoch: 1 } }),
  endedSessions: async () => ({ sessionIds: [], next: '', asOfMs: 0, epoch: 1 }),
  check: async () => undefined,
  close: () => undefined,
};
