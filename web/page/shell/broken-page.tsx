import { useText } from '../text/language.js';

export const BrokenPage = () => {
  const text = useText();
  return (
    <main className="notice-page" id="content">
      <h1>{text.brokenTitle}</h1>
      <p>{text.brokenText}</p>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        {text.reload}
      </button>
    </main>
  );
};
