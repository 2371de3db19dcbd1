import type { Delivered, Handled, Observer } from '../receiver/index.ts';

/** What a receiver in this process does, as it does it. */
export type Activity = {
  /** To be given to the receiver as `observe`. */
  observer: Required<Observer>;
  /** Tells of each delivery and of each run of a handler; the function returned ends that. */
  follow(follower: Observer): () => void;
};

/** Hands on what a receiver is observed to do, to `next` and to whoever follows. */
export function createActivity(next: Observer = {}): Activity {
  const followers = new Set<Observer>();
  return {
    observer: {
      delivered(delivered: Delivered) {
        next.delivered?.(delivered);
        for (const follower of followers) follower.delivered?.(delivered);
      },
      handled(handled: Handled) {
        next.handled?.(handled);
        for (const follower of followers) follower.handled?.(handled);
      },
    },
    follow(follower) {
      followers.add(follower);
      return () => void followers.delete(follower);
    },
  };
}
