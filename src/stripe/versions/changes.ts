import { acacia, acaciaRefunds } from './acacia.ts';
import { basil } from './basil.ts';
import { clover } from './clover.ts';
import { dahlia } from './dahlia.ts';
import type { VersionChanges } from './define.ts';
import { endive } from './endive.ts';

/** Every version that broke something since 2024-06-20, oldest first. */
export const VERSION_CHANGES: readonly VersionChanges[] = [acacia, acaciaRefunds, basil, clover, dahlia, endive];
