/** The condition of the index `events_open`, to be repeated word for word by whoever wants it used. */
export const isOpen = (events = ''): string => {
  const state = events === '' ? 'state' : `${events}.state`;
  return `(${state} = 'pending' OR ${state} = 'processing' OR ${state} = 'retrying')`;
};
