import { html } from '@tickfolio/lib/look/html';

/** Where who reads the page signs in, so that calls can be sent from it and samples are copied with a token in them. */
export const signInPanel = html`<section class="panel sign-in" aria-labelledby="sign-in-title" hidden>
<h2 id="sign-in-title">Sign in here</h2>
<p>Then “Send” works below, and samples are copied with your access token in them. The token stays in this tab’s memory. This signs the browser in, on the page too.</p>
<form class="with-password"><p><label for="sign-in-name">Name</label><input id="sign-in-name" name="name" autocomplete="username" required /></p>
<p><label for="sign-in-password">Password</label><input id="sign-in-password" name="password" type="password" autocomplete="current-password" required /></p>
<p><button type="submit">Sign in</button> <button type="button" class="quiet from-browser">Use this browser’s session</button></p></form>
<form class="with-code" hidden><p><label for="sign-in-code">Code of the authenticator app, or a recovery code</label><input id="sign-in-code" name="code" autocomplete="one-time-code" required /></p>
<p><button type="submit">Go on</button></p></form>
<div class="signed-in" hidden><p><strong></strong></p><p><button type="button" class="copy-token">Copy the access token</button> <button type="button" class="quiet forget">Forget it</button></p></div>
<p class="said" role="status"></p>
</section>`;
