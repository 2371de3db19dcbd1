/** Object and timer → what happens then, after the object's id. */
const WORDS: Readonly<Record<string, string>> = {
  'balance_transaction available': 'becomes available',
  'charge debit': 'is answered by the bank',
  'charge dispute': 'is disputed',
  'charge expire': 'is given back, as nobody captured it',
  'charge settle': 'gets its fee and its balance transaction',
  'charge warn': 'is reported as fraudulent',
  'coupon redeem_by': 'can no longer be redeemed',
  'delivery retry': 'is sent again',
  'discount end': 'ends',
  'dispute decide': 'is decided',
  'dispute due': 'is lost, as nobody answered',
  'dispute escalate': 'becomes a chargeback',
  'dispute reinstate': 'pays its amount back',
  'dispute withdraw': 'takes its amount from the balance',
  'invoice collect': 'is charged again',
  'invoice finalize': 'is finalised',
  'invoice give_up': 'is closed, as collection is paused',
  'invoice overdue': 'is overdue',
  'invoice will_be_due': 'will soon be due',
  'invoice_payment tell': 'is told',
  'payment_intent verify': 'can no longer be verified by microdeposits',
  'promotion_code expires_at': 'expires',
  'quote expire': 'expires',
  'refund bank': 'is answered by the bank',
  'refund expire': 'fails, as the customer never said where to',
  'refund reference': 'gets its reference',
  'setup_intent verify': 'can no longer be verified by microdeposits',
  'subscription cancel': 'is cancelled',
  'subscription drop_update': 'drops its pending update',
  'subscription end_dunning': 'ends its retries',
  'subscription expire': 'expires, as it was never paid',
  'subscription renew': 'renews',
  'subscription resume_collection': 'collects payments again',
  'subscription trial_will_end': 'tells that its trial ends soon',
  'subscription upcoming': 'tells of its next invoice',
  'subscription_schedule begin': 'begins',
  'subscription_schedule expiring': 'tells that it expires soon',
  'subscription_schedule phase': 'enters its next phase',
  'tax_id verification': 'is verified',
  'test_helpers.test_clock delete': 'is deleted',
};

/** What falls due, in words: `Subscription sub_… renews`. */
export function dueWords({ object, id, timer }: { object: string; id: string; timer: string }): string {
  const name = object.slice(object.lastIndexOf('.') + 1).replaceAll('_', ' ');
  return `${name[0]!.toUpperCase()}${name.slice(1)} ${id} ${WORDS[`${object} ${timer}`] ?? `is due: ${timer}`}`;
}
