import { useText } from '../text/language.js';
import { PageHeading } from './page-heading.js';

export const BrokenPage = () => {
  const text = useText();
  return (
    <main className="notice-page" id="content">
      <PageHeading title={text.brokenTitle} />
      <p>{text.brokenText}</p>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        {text.reload}
      </button>
    </main>
  );
};
