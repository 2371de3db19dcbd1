import { useQueryClient } from '@tanstack/react-query';
import { Component, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { Problem } from './problem.tsx';

type Props = { at: string; forget: () => void; children: ReactNode };
type State = { error: Error | null; at: string };

class Catcher extends Component<Props, State> {
  override state: State = { error: null, at: this.props.at };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  /** Whoever goes elsewhere leaves the error behind. */
  static getDerivedStateFromProps({ at }: Props, state: State): State | null {
    return at === state.at ? null : { error: null, at };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const again = () => {
      this.props.forget();
      this.setState({ error: null });
    };
    return <Problem error={error} again={again} />;
  }
}

/** Shows what went wrong instead of an empty page, and a way to try again. */
export function Boundary({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { pathname } = useLocation();
  // What failed before is asked anew, and not thrown again.
  const forget = () => client.removeQueries({ predicate: ({ state }) => state.status === 'error' });
  return (
    <Catcher at={pathname} forget={forget}>
      {children}
    </Catcher>
  );
}
