/**
 * Which former revision a zone's present one is the same as. Undoing makes a new revision that is like an old one: what was done
 * before that one can be undone next, unless somebody else made yet another.
 */
export class RevisionLedger {
  private readonly meanings = new Map<string, number>();

  /** The revision that this one is like; itself if nothing else is known. */
  of(zoneId: string, revision: number): number {
    return this.meanings.get(`${zoneId} ${revision}`) ?? revision;
  }

  note(zoneId: string, revision: number, isLike: number): void {
    if (revision !== isLike) this.meanings.set(`${zoneId} ${revision}`, isLike);
  }
}
