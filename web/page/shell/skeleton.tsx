import { useText } from '../text/language.js';

/** The shape of what is coming. */
export const Skeleton = () => {
  const text = useText();
  return (
    <div className="skeleton" role="status">
      <p className="bone-words">{text.working}</p>
      <div className="card bone tall" />
      <div className="card bone" />
      <div className="card bone" />
    </div>
  );
};
