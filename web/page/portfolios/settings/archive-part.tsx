import { useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { Question } from '../../security/question.js';
import { useToast } from '../../shell/toasts.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { type Portfolio, usePortfolioCalls } from '../portfolio-calls.js';
import { useReadAnew } from '../use-portfolios.js';
import { useSending } from '../use-sending.js';

/** Out of the way for good, and what that means. */
export const ArchivePart = ({ portfolio: { id, name, isDefault } }: { readonly portfolio: Portfolio }) => {
  const text = usePortfoliosText();
  const toast = useToast();
  const navigate = useNavigate();
  const calls = usePortfolioCalls();
  const readAnew = useReadAnew();
  const { isHere, busy, faultOf, send } = useSending();
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  const fault = faultOf();
  const archive = () =>
    send(async () => {
      await calls.archive(id);
      toast({ message: text.archiveDone(name) });
      if (isHere.current) await navigate({ to: '/portfolios', replace: true });
      void readAnew();
    });
  return (
    <section className="card settings part" aria-labelledby="archive-title">
      <h2 id="archive-title">{text.archive}</h2>
      <p className="hint">{isDefault ? text.archiveNot : text.archiveText}</p>
      {fault && (
        <p className="banner fault" role="alert">
          {fault}
        </p>
      )}
      {!isDefault && (
        <div className="part-actions">
          <button type="button" className="button danger bordered" disabled={busy} onClick={() => setAsking(true)}>
            {busy ? text.working : text.archive}
          </button>
        </div>
      )}
      {asking && (
        <Question
          title={text.archiveAskTitle(name)}
          words={text.archiveText}
          action={text.archive}
          onConfirm={archive}
          onClose={close}
        />
      )}
    </section>
  );
};
