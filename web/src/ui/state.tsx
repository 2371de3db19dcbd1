import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  LoaderCircle,
  RotateCw,
  SkipForward,
  type LucideIcon,
} from 'lucide-react';
import type { EventState, HandlerState } from '../../../src/store/states.ts';
import css from './state.module.css';

const ICONS: Record<EventState | HandlerState, LucideIcon> = {
  pending: CircleDashed,
  processing: LoaderCircle,
  retrying: RotateCw,
  done: CircleCheck,
  dead: CircleX,
  refused: Ban,
  skipped: SkipForward,
};

/** Where an event or a handler stands: a colour, a sign and the word. */
export function State({ state, bare = false }: { state: EventState | HandlerState; bare?: boolean }) {
  const Icon = ICONS[state];
  return (
    <span className={`${css['state']} ${css[state]} ${bare ? css['bare'] : ''}`}>
      <Icon size={13} aria-hidden="true" />
      {state}
    </span>
  );
}
