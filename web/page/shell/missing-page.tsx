import { Link } from '@tanstack/react-router';
import { useText } from '../text/language.js';
import { PageHeading } from './page-heading.js';

export const MissingPage = () => {
  const text = useText();
  return (
    <div className="notice-page">
      <PageHeading title={text.notFoundTitle} />
      <p>{text.notFoundText}</p>
      <Link to="/" className="button primary">
        {text.goHome}
      </Link>
    </div>
  );
};
