import type { MadeShareAnswer } from '@tickfolio/api/shares';
import { isProblem } from '@tickfolio/client/problem';
import { type FormEvent, useState } from 'react';
import { useParts } from '../../../parts.js';
import { useIsHere } from '../../../shell/use-is-here.js';
import { usePortfoliosText } from '../../../text/portfolios/use-portfolios-text.js';
import { useSharingText } from '../../../text/sharing/use-sharing-text.js';
import { isoOf } from '../../../text/times.js';
import { Asked } from '../../asked.js';
import type { Portfolio } from '../../portfolio-calls.js';
import { SelectField } from '../../select-field.js';
import { useReadAnew } from '../../use-portfolios.js';
import { MadeLink } from './made-link.js';
import { shareFault } from './share-fault.js';
import { ShareRow } from './share-row.js';
import { useShareCalls, useShares } from './use-shares.js';

type Shown = 'percents' | 'amounts';

const dayMs = 86_400_000;
const days = ['1', '7', '30', '90', '365'] as const;

/** Links by which others look at a portfolio: makes one, shows it once, lists and ends them. */
export const SharePart = ({ portfolio: { id } }: { readonly portfolio: Portfolio }) => {
  const text = { ...usePortfoliosText(), ...useSharingText() };
  const { store, clock } = useParts();
  const shares = useShares(id);
  const calls = useShareCalls(id);
  const readAnew = useReadAnew();
  const isHere = useIsHere();
  const [shown, setShown] = useState<Shown>('percents');
  const [lasts, setLasts] = useState<(typeof days)[number]>('30');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const [made, setMade] = useState<MadeShareAnswer>();
  const make = async () => {
    setBusy(true);
    setFault(undefined);
    setMade(undefined);
    try {
      const expiresAt = isoOf(store.serverTime(clock.now()) + Number(lasts) * dayMs);
      const answer = await calls.make({ amounts: shown === 'amounts', expiresAt });
      if (isHere.current) setMade(answer);
    } catch (thrown) {
      if (isHere.current) setFault(shareFault(thrown, text));
      // Archived elsewhere meanwhile, or not there any more: then there is nothing to be shared.
      if (isProblem(thrown, 404) || isProblem(thrown, 409)) void readAnew();
    } finally {
      if (isHere.current) setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) void make();
  };
  return (
    <section className="card settings part" aria-labelledby="share-title">
      <h2 id="share-title">{text.shareTitle}</h2>
      <p className="hint">{text.shareText}</p>
      {fault && (
        <p className="banner fault" role="alert">
          {fault}
        </p>
      )}
      <form className="settings" onSubmit={submit}>
        <SelectField
          label={text.shareShows}
          name="amounts"
          value={shown}
          options={(['percents', 'amounts'] as const).map((one) => [one, text.shareAmounts[one]] as const)}
          onPick={setShown}
          hint={text.shareAmountsHint[shown]}
        />
        <SelectField
          label={text.shareUntil}
          name="lasts"
          value={lasts}
          options={days.map((one) => [one, text.shareDays(Number(one))] as const)}
          onPick={setLasts}
        />
        <div className="part-actions">
          <button type="submit" className="button bordered" disabled={busy}>
            {busy ? text.working : text.shareMake}
          </button>
        </div>
      </form>
      {made && <MadeLink key={made.id} token={made.token} />}
      <Asked query={shares}>
        {(all) =>
          all.length === 0 ? (
            <p className="hint">{text.shareNone}</p>
          ) : (
            <ul className="entries" aria-label={text.shareLinks}>
              {all.map((share) => (
                <ShareRow
                  key={share.id}
                  portfolioId={id}
                  share={share}
                  onEnded={() => setMade((last) => (last?.id === share.id ? undefined : last))}
                />
              ))}
            </ul>
          )
        }
      </Asked>
    </section>
  );
};
