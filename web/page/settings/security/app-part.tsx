import { useQueryClient } from '@tanstack/react-query';
import type { TotpAnswer } from '@tickfolio/api/account';
import { Suspense, useCallback, useState } from 'react';
import { latePart } from '../../kit/late-part.js';
import { useParts } from '../../parts.js';
import { type AccountOverview, accountKey, accountPath } from '../../security/account-overview.js';
import { Question } from '../../security/question.js';
import { useToast } from '../../shell/toasts.js';
import { useText } from '../../text/language.js';
import { useSecurityText } from '../../text/security/use-security-text.js';
import { Part } from './part.js';
import { useChange } from './use-change.js';
import { useReturn } from './use-return.js';

const AppSetup = latePart(() => import('./app-setup.js').then(({ AppSetup: found }) => found));

/** Codes of an app as the second factor. */
export const AppPart = ({ account }: { readonly account: AccountOverview }) => {
  const text = useText();
  const own = useSecurityText();
  const { session } = useParts();
  const toast = useToast();
  const client = useQueryClient();
  const { busy, change } = useChange();
  const [begun, setBegun] = useState<TotpAnswer>();
  const opener = useReturn(begun !== undefined);
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);

  const begin = async () => setBegun(await change(() => session.call<TotpAnswer>('POST', `${accountPath}/totp`)));
  const added = () => {
    setBegun(undefined);
    toast({ message: own.appAdded });
    void client.invalidateQueries({ queryKey: accountKey });
  };
  const remove = async () => {
    const removed = await change(() => session.call('DELETE', `${accountPath}/totp`));
    if (removed !== undefined) toast({ message: own.appRemoved });
  };
  return (
    <Part title={own.appTitle}>
      <p className="hint">{account.totp ? own.appOn : own.appOff}</p>
      {!account.totp && account.recoveryCodesLeft === 0 && <p className="warning">{own.appNoCodes}</p>}
      {begun && !account.totp ? (
        <Suspense
          fallback={
            <p className="hint" role="status">
              {text.working}
            </p>
          }
        >
          <AppSetup begun={begun} onAdded={added} onCancel={() => setBegun(undefined)} />
        </Suspense>
      ) : (
        <div className="part-actions">
          {account.totp ? (
            <button
              ref={opener}
              type="button"
              className="button danger bordered"
              disabled={busy}
              onClick={() => setAsking(true)}
            >
              {own.appRemove}
            </button>
          ) : (
            <button ref={opener} type="button" className="button" disabled={busy} onClick={() => void begin()}>
              {busy ? text.working : own.appAdd}
            </button>
          )}
        </div>
      )}
      {asking && (
        <Question
          title={own.appRemoveTitle}
          words={own.appRemoveText}
          action={own.appRemove}
          onConfirm={() => void remove()}
          onClose={close}
        />
      )}
    </Part>
  );
};
