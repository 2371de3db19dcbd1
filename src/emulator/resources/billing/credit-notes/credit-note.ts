import { sameJson } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { became, created, defineResource, type Call, type Change } from '../../define.ts';
import { pageOf } from '../../lists.ts';
import { mergeMetadata } from '../../metadata.ts';
import { RANK } from '../../ranks.ts';
import { need } from '../../references.ts';
import { issue } from './issue.ts';
import { uncredit } from './settle.ts';

type Rule = Change<'credit_note'>;
const voided = became<'credit_note'>('status', 'void');
const edited = ({ before, after }: Rule) =>
  before !== undefined &&
  (before.object.memo !== after.object.memo || !sameJson(before.object.metadata, after.object.metadata));

/** What takes back an invoice that was finalised, in whole or in part. */
export const creditNote = defineResource('credit_note', {
  prefix: 'cn',
  operations: {
    'creditNotes.create': issue,
    'creditNotes.update': ({ tx, params, path }) => {
      const note = need(tx, 'credit_note', path[0]!);
      return tx.update('credit_note', note.id, {
        ...(params['memo'] !== undefined && { memo: params['memo'] as string | null }),
        metadata: mergeMetadata(note.metadata ?? {}, params['metadata']),
      });
    },
    'creditNotes.voidCreditNote': ({ tx, path }) => voidNote(tx, need(tx, 'credit_note', path[0]!)),
    'creditNotes.listLineItems': ({ tx, params, path }) => {
      const { id } = need(tx, 'credit_note', path[0]!);
      return pageOf('credit_note_line_item', itemsOf(tx, id), params, `/v1/credit_notes/${id}/lines`);
    },
    // A preview is the credit note itself, undone.
    'creditNotes.preview': (call) => call.tx.trial(() => issue(call)),
    'creditNotes.listPreviewLineItems': (call) => previewLines(call),
  },
  events: [
    { type: 'credit_note.created', when: created, rank: RANK.creditNote },
    { type: 'credit_note.voided', when: voided, rank: RANK.creditNote },
    { type: 'credit_note.updated', when: edited, rank: RANK.creditNote, previous: true },
  ],
});

const itemsOf = (tx: Transaction, id: string) =>
  tx.row('credit_note', id)!.hidden['items'] as Stored<'credit_note_line_item'>[];

const CURSORS = ['limit', 'starting_after', 'ending_before'];

function previewLines(call: Call) {
  const items = call.tx.trial(() => itemsOf(call.tx, issue(call).id));
  const cursors = Object.fromEntries(Object.entries(call.params).filter(([name]) => CURSORS.includes(name)));
  return pageOf('credit_note_line_item', items, cursors, '/v1/credit_notes/preview/lines');
}

/** The credit note counts as if it had never been: the invoice is owed in full again. */
function voidNote(tx: Transaction, note: Stored<'credit_note'>): Stored<'credit_note'> {
  if (note.status === 'void') throw stripeError('wrong_state', [`Credit note ${note.id} is void already.`]);
  const invoice = tx.get('invoice', note.invoice as string)!;
  if (note.type !== 'pre_payment' || invoice.status !== 'open')
    throw stripeError('wrong_state', [
      `Credit note ${note.id} can no longer be voided: only a credit note on an open invoice can, and ${invoice.id} is ${invoice.status}.`,
    ]);
  uncredit(tx, note, itemsOf(tx, note.id));
  return tx.update('credit_note', note.id, { status: 'void', voided_at: tx.now });
}
