/**
 * Thrown by `settle` when an effect ended or undid the transaction that it ran in, so that nothing of the commit is
 * there. With one result given, it is that one's effect.
 */
export class EndedByEffect extends Error {
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`ctx.tx: the transaction was ended inside it: ${why}`, { cause });
    this.name = 'EndedByEffect';
  }
}
