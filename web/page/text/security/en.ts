/** How one gets into an account, and who else did; loaded with the pages that say it. */
export const en = {
  secondFactorTitle: 'One more step',
  secondFactorText: 'Your password is right. This account also asks for a code.',
  appCode: 'Code of your authenticator app',
  appCodeHint: 'The six digits that it shows now',
  appCodeMissing: 'Enter the six digits.',
  recoveryCode: 'Recovery code',
  recoveryCodeHint: 'One of the codes you kept; each works once',
  recoveryCodeMissing: 'Enter one of your recovery codes.',
  useRecoveryCode: 'Use a recovery code instead',
  useApp: 'Use the authenticator app instead',
  beginAnew: 'Start over',
  continue: 'Continue',
  signInByPasskey: 'Sign in with a passkey',
  forgotten: 'Forgot your password?',
  recoverTitle: 'Set a new password',
  recoverText: 'Use one of the recovery codes you kept. All your devices will be signed out.',
  recoverAction: 'Set the new password',
  newPassword: 'New password',
  recoveredTitle: 'Your password is changed',
  recoveredText: (codesLeft: number) =>
    `All devices are signed out; sign in with the new password. ${
      codesLeft === 0
        ? 'That was the last recovery code: make new ones in the settings.'
        : codesLeft === 1
          ? 'One recovery code is left: make new ones in the settings.'
          : `${codesLeft} recovery codes are left.`
    }`,
  wrongRecovery: 'The name or the code is wrong, or the code was used before.',
  recoveredPerhaps:
    'The name or the code is wrong, or the new password is set already: the try before was not answered. Try to sign in with it.',
  toSignIn: 'Back to signing in',

  codesTitle: 'Keep your recovery codes',
  codesText:
    'This server sends no mail. If you forget your password or lose your phone, one of these codes is the only way back in. Each works once. They are shown only now.',
  codesList: 'Recovery codes',
  copyCodes: 'Copy',
  codesCopied: 'The codes are copied.',
  codesNotCopied: 'The browser did not allow copying. Download or print them.',
  downloadCodes: 'Download',
  printCodes: 'Print',
  codesKept: 'I kept them somewhere safe',
  codesDone: 'Done',
  codesLeaveTitle: 'Leave without your codes?',
  codesLeaveText: 'They cannot be shown again. You can make new ones in the security settings.',
  codesLeave: 'Leave',
  codesFile: (userName: string) => `tickfolio-recovery-codes-${userName}.txt`,
  codesSheet: (userName: string, place: string, made: string) =>
    `Recovery codes of ${userName} at ${place}\nMade ${made}`,
  codesSheetRule: 'Each code works once. Keep them like a password.',

  proofTitle: 'Is it you?',
  proofText: 'What you are about to do changes your account, so confirm it with your password.',
  proofByPasskey: 'Use a passkey',
  proofAction: 'Confirm',

  passwordTitle: 'Password',
  passwordAge: (when: string) => `Changed ${when}.`,
  passwordNeverChanged: (when: string) => `Not changed since ${when}.`,
  changePassword: 'Change password',
  oldPassword: 'Current password',
  passwordOthersEnd: 'All other devices are signed out.',
  passwordDone: 'Your password is changed. All other devices are signed out.',
  passwordSetBefore: 'The password is the new one of the try before, whose answer did not arrive.',
  passwordSame: 'Choose one that differs from the current password.',

  appTitle: 'Authenticator app',
  appOff: 'Signing in asks for your password alone.',
  appOn: 'Signing in also asks for a code of your app.',
  appAdd: 'Set up an app',
  appRemove: 'Turn off',
  appStep1: 'Scan this with your authenticator app, or type the secret into it.',
  appStep2: 'Then enter the code that it shows.',
  appQr: 'QR code of the secret',
  appSecret: 'Secret',
  appOpen: 'Open in an app on this device',
  appConfirm: 'Turn on',
  appAdded: 'Signing in now asks for a code of your app.',
  appRemoved: 'Signing in asks for your password alone now.',
  appRemoveTitle: 'Turn off the authenticator app?',
  appRemoveText: 'Anyone who knows your password will then get in without a code.',
  appNoCodes: 'You have no recovery codes. Make some first: a lost phone would lock you out.',

  passkeysTitle: 'Passkeys',
  passkeysText:
    'Sign in with your finger, your face or a PIN. A passkey works only at this address, so no other site can ask for it.',
  passkeyAdd: 'Add a passkey',
  passkeyName: 'Name of the passkey',
  passkeyNameHint: 'So that you know it again in this list',
  passkeyNameUsual: 'Passkey',
  passkeyNameShape: 'Use 1 to 64 characters.',
  passkeyMade: (when: string) => `Added ${when}`,
  passkeyUsed: (when: string) => `used ${when}`,
  passkeyUnused: 'not used yet',
  passkeySynced: 'on more than one device',
  passkeyElsewhere: (host: string) => `for ${host}`,
  passkeyRemove: 'Remove',
  passkeyRemoveNamed: (name: string) => `Remove passkey ${name}`,
  passkeyRemoveTitle: (name: string) => `Remove “${name}”?`,
  passkeyRemoveText: 'It no longer signs you in. Your device may still offer it; delete it there as well.',
  passkeyAdded: (name: string) => `The passkey “${name}” is added.`,
  passkeyRemoved: (name: string) => `The passkey “${name}” is removed.`,
  noPasskeys: 'No passkeys yet.',
  passkeysNotHere: 'This browser cannot use passkeys here: it needs https, or localhost.',

  recoveryTitle: 'Recovery codes',
  codesLeft: (left: number) =>
    left === 0
      ? 'None are left. If you forget your password now, nobody can let you in again.'
      : left === 1
        ? '1 code is left.'
        : `${left} codes are left.`,
  newCodes: 'Make new codes',
  newCodesTitle: 'Make new recovery codes?',
  newCodesText: 'The old ones stop working.',

  sessionsTitle: 'Where you are signed in',
  thisDevice: 'this browser',
  unknownDevice: 'Unknown device',
  sessionUsed: (when: string) => `Last used ${when}`,
  sessionOpened: (when: string) => `signed in ${when}`,
  endSession: 'Sign out',
  endSessionNamed: (device: string) => `Sign out ${device}`,
  deviceSignedOut: (device: string) => `${device} is signed out.`,

  logTitle: 'What happened to your account',
  logText: 'The last 400 days. Something that was not you? Change your password.',
  logMore: 'Show older',
  logEmpty: 'Nothing yet.',
  log: {
    accountCreated: 'Account created',
    accountDeleted: 'Account deleted',
    signIn: {
      password: 'Signed in with the password',
      'password and totp': 'Signed in with password and app',
      'password and recovery code': 'Signed in with password and a recovery code',
      passkey: 'Signed in with a passkey',
      other: 'Signed in',
    },
    signInRefused: (count: number) =>
      count === 1 ? 'A sign-in was refused' : `${count} sign-ins within a minute were refused`,
    passwordRefused: (count: number) =>
      count === 1
        ? 'A wrong password was given for a change of the account'
        : `Within a minute ${count} wrong passwords were given for changes of the account`,
    codeRefused: (count: number) =>
      count === 1
        ? 'A wrong first code was given for an authenticator app'
        : `Within a minute ${count} wrong first codes were given for an authenticator app`,
    recoveryRefused: (count: number) =>
      count === 1 ? 'A wrong recovery code was given' : `Within a minute ${count} wrong recovery codes were given`,
    refreshReused: 'A copy of a session was used, so that session was ended',
    passwordChanged: 'Password changed',
    accountRecovered: 'Password changed by a recovery code',
    recoveryCodesRenewed: 'New recovery codes made',
    totpAdded: 'Authenticator app set up',
    totpRemoved: 'Authenticator app turned off',
    secondFactorRefused: 'The password was right, a code was wrong',
    passkeyAdded: (name: string) => (name === '' ? 'A passkey was added' : `Passkey “${name}” added`),
    passkeyRemoved: (name: string) => (name === '' ? 'A passkey was removed' : `Passkey “${name}” removed`),
    sessionEnded: 'Signed out',
    sessionEndedElsewhere: 'A device was signed out from another one',
    sessionsEnded: (count: number) =>
      count === 1 ? 'Signed out everywhere: 1 device' : `Signed out everywhere: ${count} devices`,
    other: (action: string) => `Something this page has no words for: ${action}`,
  },

  signedOut: 'You are signed out.',
  signOutEverywhere: 'Sign out everywhere',
  everywhereHint: 'Lost a device, or signed in somewhere you should not be?',
  everywhereTitle: 'Sign out on all devices?',
  everywhereText:
    'Every browser and device that is signed in to this account is signed out now, this one too. Your portfolio stays as it is; sign in again with your password.',
  everywhereDone: 'You are signed out on all devices.',
  nameMissing: 'Enter your name.',
  passwordMissing: 'Enter your password.',
  showPassword: 'Show',
  hidePassword: 'Hide',
  passwordHint: 'At least 8 characters',
  signedInAs: (name: string) => `Signed in as ${name}`,
  nameHint: '3 to 64 letters A to Z, digits 0 to 9, “_”, “.” or “-”',
  tagline: 'What your assets are worth, live and exact.',
  noAccount: 'No account yet?',
  haveAccount: 'Already have an account?',
  nameTaken: 'This name is taken.',
  wrongLogin: 'The name or the password is wrong.',

  memberSince: (when: string) => `Account since ${when}`,
  operator: 'You are an operator of this server.',

  faults: {
    wrongPassword: 'This is not your password.',
    wrongCode: 'The code is wrong, or was used before.',
    ticketOver: 'That took too long, or had too many wrong codes. Start over.',
    passkeyAddress:
      'Browsers keep no passkey for an address made of numbers. Open the page by a name, such as localhost.',
    passkeyMisfit: 'This passkey does not fit this account or this address.',
    passkeyTaken: 'This device already has a passkey for this account.',
    passkeyNotGiven: 'No passkey was used.',
    passkeyNoScreenLock: 'This device cannot keep a passkey: it needs a screen lock, such as a PIN.',
    passwordChanged: 'Your password was changed elsewhere just now. Sign in again.',
    tooManyPasskeys: 'You have 20 passkeys. Remove one first.',
    appNotBegun: 'That took too long. Begin again, with a new QR code.',
    appOn: 'An authenticator app is set up already.',
    passwordUnicode: 'Part of this password is not a valid character. Type it again.',
    proofWanted: 'Confirm first that it is you, then try again.',
    gone: 'It is already gone.',
  },
};

export type SecurityTexts = typeof en;
