import { Link } from '@tanstack/react-router';
import { CookieRiskNote } from '../account/cookie-risk-note.js';
import { useSession } from '../parts.js';
import { basePath } from '../place.js';
import { PageHeading } from '../shell/page-heading.js';
import { Redirect } from '../shell/redirect.js';
import { useWelcomeText } from '../text/welcome/use-welcome-text.js';
import { DemoTicker } from './demo-ticker.js';

/** What this is, for who is not signed in. */
export const WelcomePage = () => {
  const text = useWelcomeText();
  const session = useSession();
  if (session.kind === 'signed-in') return <Redirect to="/" />;
  return (
    <div className="welcome">
      <section className="welcome-words">
        <PageHeading title={text.welcomeTitle} />
        <p>{text.welcomeText}</p>
        <CookieRiskNote />
        <p className="welcome-ways">
          <Link to="/sign-up" className="button primary">
            {text.signUp}
          </Link>{' '}
          <Link to="/sign-in" className="button">
            {text.signIn}
          </Link>{' '}
          <a href={`${basePath}docs/guide`} className="button quiet">
            {text.documentation}
          </a>
        </p>
      </section>
      <DemoTicker />
    </div>
  );
};
