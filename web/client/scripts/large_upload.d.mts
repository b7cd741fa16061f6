export function uploadLargeFile(file: {
  /** Bytes. */
  readonly size: number;
  /** What it begins with; as a PDF does when not given. */
  readonly head?: string;
}): Promise<{
  readonly upload: {
    readonly status: string;
    /** The code of its error, if it failed. */
    readonly error: string | null;
    readonly secondsChecking: number;
    readonly secondsSending: number;
    /** Memory of the process before the upload and at its peak, MiB. */
    readonly memoryBefore: number;
    readonly memoryPeak: number;
  };
  readonly server: {
    /** But for signing in. */
    readonly requests: number;
    readonly received: number;
    readonly largestRequest: number;
    readonly sha256: string;
    /** The SHA-256 that the client told when it made the document. */
    readonly announced: string | null;
  };
}>;
