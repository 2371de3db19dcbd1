import { commandReceiver } from '../command-receiver.ts';
import { defineCommand } from '../define.ts';
import { openStore, STORE_OPTION } from '../open-store.ts';

const many = (count: number, what: string, one = '', more = 's'): string =>
  `${count} ${what}${count === 1 ? one : more}`;

export const forget = defineCommand({
  name: 'forget',
  about: 'Erase the personal fields of everything stored that mentions a customer; ids, amounts and states stay.',
  words: ['<id>'],
  options: [
    STORE_OPTION,
    { flags: '--no-compact', about: 'leave the database’s files as they are, which may still hold what was erased' },
  ],
  async run({ words, options, out }) {
    await using store = await openStore(options, { to: 'use' });
    await using receiver = await commandReceiver({}, store);
    const forgotten = await receiver.forget(words[0]!, { compact: options['compact'] !== false });
    const { events, objects, refused } = forgotten;
    out.line(
      events + objects + refused === 0
        ? `There is nothing to mask: nothing stored mentions ${words[0]!}, or it is masked already.`
        : `Masked ${many(events, 'event')} and ${many(objects, 'object')}; dropped the bodies of ${many(refused, 'refused deliver', 'y', 'ies')}.`,
    );
    out.data(forgotten);
  },
});
