import { numberOption, type Invocation, type OptionSpec } from './define.ts';

export const GRACE_OPTION: OptionSpec = {
  flags: '--grace <seconds>',
  about: 'how long it waits, once asked to stop, for what is under way',
  default: '10',
};

/** The grace period in milliseconds. */
export const graceOf = (options: Invocation['options']): number => numberOption(options, 'grace') * 1000;
