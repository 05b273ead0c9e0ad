import { runtimeClock as clock } from '@tickfolio/client/clock';
import { type ComponentType, use } from 'react';
import { loadPatiently } from '../patient-load.js';

/** For so long a failure is shown to whoever draws the part; to try again later is to load it again. */
const failureMs = 200;

/**
 * A part of the page that is loaded when it is first shown. React's own `lazy` would keep a failure for as long as the
 * page is open, and no way to try again would lead anywhere.
 */
export const latePart = <Props extends object>(load: () => Promise<ComponentType<Props>>) => {
  let loading: Promise<ComponentType<Props>> | undefined;
  const begin = () => {
    const begun = loadPatiently(load);
    begun.catch(() =>
      clock.after(failureMs, () => {
        loading = undefined;
      }),
    );
    return begun;
  };
  return (props: Props) => {
    loading ??= begin();
    const Part = use(loading);
    return <Part {...props} />;
  };
};
