import { useParts } from '../parts.js';
import { useText } from '../text/language.js';
import { PageHeading } from './page-heading.js';

/**
 * The page was opened and nobody answers: without a network, or with the server away. It goes on by itself once
 * somebody does.
 */
export const AwayPage = ({ online }: { readonly online: boolean }) => {
  const text = useText();
  const { retry } = useParts();
  return (
    <div className="notice-page">
      <svg viewBox="0 0 160 80" className="away-picture" aria-hidden="true">
        <path d="M8 62 40 44l24 10 20-23" />
        <path className="away-rest" d="m92 22 22 14 38-26" />
      </svg>
      <PageHeading title={online ? text.awayTitle : text.offlineTitle} />
      <div role="status">
        <p>{online ? text.awayText : text.offlineText}</p>
        <p>{text.nothingKept}</p>
      </div>
      <button type="button" className="button" onClick={retry}>
        {text.tryAgain}
      </button>
    </div>
  );
};
