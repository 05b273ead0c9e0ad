import { Suspense, useCallback, useState } from 'react';
import { latePart } from '../kit/late-part.js';
import { useText } from '../text/language.js';

const SignOutEverywhereDialog = latePart(() =>
  import('../account/sign-out-everywhere-dialog.js').then(({ SignOutEverywhereDialog: found }) => found),
);

/** Where one is signed in. */
export const SecuritySection = () => {
  const text = useText();
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  return (
    <section className="card settings">
      <div className="everywhere">
        <p className="hint">{text.everywhereHint}</p>
        <button type="button" className="button danger bordered" onClick={() => setAsking(true)}>
          {text.signOutEverywhere}
        </button>
      </div>
      <Suspense>{asking && <SignOutEverywhereDialog onClose={close} />}</Suspense>
    </section>
  );
};
