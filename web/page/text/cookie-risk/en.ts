/** Why a browser will not stay signed in. */
export const en = {
  cookieRisk: {
    blocked:
      'This browser blocks cookies here, so it cannot keep you signed in: a reload, or some minutes, sign you out.',
    'needs-https':
      'This page was opened over http, and the server keeps people signed in over https only: a reload, or some minutes, sign you out. Open it with https://.',
    'not-kept': 'This browser did not keep the sign-in: a reload, or some minutes, sign you out.',
  },
};

export type CookieRiskTexts = typeof en;
