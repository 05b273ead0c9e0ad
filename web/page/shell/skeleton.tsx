import { useText } from '../text/language.js';

/** The shape of what is coming. */
export const Skeleton = () => {
  const text = useText();
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{text.working}</span>
      <div className="card bone tall" />
      <div className="card bone" />
      <div className="card bone" />
    </div>
  );
};
