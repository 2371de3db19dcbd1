import { Component, type ReactNode } from 'react';
import { Problem } from './problem.tsx';

type State = { error: Error | null };

/** Shows what went wrong instead of an empty page, and a way to try again. */
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    return error ? <Problem error={error} again={() => this.setState({ error: null })} /> : this.props.children;
  }
}
