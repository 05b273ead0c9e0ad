// One part of the page: who goes from one to the other on a slow line does not type into fields that are about to go.
export { RecoverPage } from './recover-page.js';
export { SignInPage } from './sign-in-page.js';
export { SignUpPage } from './sign-up-page.js';
