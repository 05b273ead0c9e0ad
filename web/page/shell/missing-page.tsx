import { Link } from '@tanstack/react-router';
import { useText } from '../text/language.js';

export const MissingPage = () => {
  const text = useText();
  return (
    <div className="notice-page">
      <h1>{text.notFoundTitle}</h1>
      <p>{text.notFoundText}</p>
      <Link to="/" className="button primary">
        {text.goHome}
      </Link>
    </div>
  );
};
