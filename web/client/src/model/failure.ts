import * as z from "zod/mini";

/** Why work on a document, a page or an export failed. */
export interface Failure {
  /** In one word: `upload_expired`, `encrypted`, `canceled` … */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
}

export const failureSchema: z.ZodMiniType<Failure | null> = z.catch(
  z.nullable(z.object({ code: z.string(), message: z.string() })),
  null,
);
