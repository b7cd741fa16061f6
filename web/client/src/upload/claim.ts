/** Documents whose files this page is sending. */
const sending = new Set<string>();

/**
 * Claims the upload of a document's file, so that it is not sent twice at once, by this page or by another one of the
 * browser. Gives what ends the claim; null when somebody else has it.
 */
export async function claimUpload(documentId: string): Promise<(() => void) | null> {
  if (sending.has(documentId)) return null;
  sending.add(documentId);
  const endLock = await lock(`zoned.upload.${documentId}`);
  if (!endLock) {
    sending.delete(documentId);
    return null;
  }
  return () => {
    sending.delete(documentId);
    endLock();
  };
}

/** A lock among the pages of a browser; where there are none, it is always free. */
function lock(name: string): Promise<(() => void) | null> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (!locks) return Promise.resolve(() => {});
  return new Promise((resolve) => {
    locks
      .request(name, { ifAvailable: true }, (held) => {
        if (!held) return resolve(null);
        return new Promise<void>((end) => resolve(end));
      })
      .catch(() => resolve(null));
  });
}
