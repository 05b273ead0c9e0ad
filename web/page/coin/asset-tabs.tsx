import { useNavigate } from '@tanstack/react-router';
import { useAssetText } from '../text/asset/use-asset-text.js';
import { type AssetTab, assetTabs } from '../text/asset-address.js';

/** The parts of an asset's page; which one is open stands in the address. */
export const AssetTabs = ({ tab }: { readonly tab: AssetTab }) => {
  const text = useAssetText();
  const navigate = useNavigate({ from: '/assets/$asset' });
  const open = (one: AssetTab) =>
    void navigate({
      to: '.',
      search: (before) => ({ ...before, tab: one === 'chart' ? undefined : one }),
      resetScroll: false,
    });
  return (
    <fieldset className="ranges asset-tabs">
      <legend className="visually-hidden">{text.assetParts}</legend>
      {assetTabs.map((one) => (
        <button key={one} type="button" aria-pressed={one === tab} onClick={() => open(one)}>
          {text.assetTabs[one]}
        </button>
      ))}
    </fieldset>
  );
};
