import { Component, type ReactNode } from 'react';
import { useText } from '../text/language.js';

const Broken = ({ onRetry }: { readonly onRetry: () => void }) => {
  const text = useText();
  return (
    <div className="panel-note broken" role="alert">
      <p>{text.cardBroken}</p>
      <button type="button" className="button small" onClick={onRetry}>
        {text.tryAgain}
      </button>
    </div>
  );
};

interface CardBoundaryProps {
  /** Another one tries by itself: what broke belonged to something else. */
  readonly about?: string | undefined;
  readonly children: ReactNode;
}

interface CardBoundaryState {
  readonly isBroken: boolean;
  readonly about: string | undefined;
}

/** Keeps a fault inside its card: says so there, with a way to try again, while the rest of the page goes on. */
export class CardBoundary extends Component<CardBoundaryProps, CardBoundaryState> {
  override state: CardBoundaryState = { isBroken: false, about: this.props.about };
  static getDerivedStateFromError = (): Partial<CardBoundaryState> => ({ isBroken: true });
  static getDerivedStateFromProps = (
    { about }: CardBoundaryProps,
    state: CardBoundaryState,
  ): CardBoundaryState | null => (about === state.about ? null : { isBroken: false, about });
  override render(): ReactNode {
    return this.state.isBroken ? <Broken onRetry={() => this.setState({ isBroken: false })} /> : this.props.children;
  }
}
