import * as z from "zod/mini";
import type { Json } from "../database.types.js";
import { ZonedError } from "../error.js";

export type { Json };

/** An object of JSON values. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** Any JSON object. */
export const jsonObject = z.record(z.string(), z.json());

/** Reads a value from outside; says what it was about when it has another form. */
export function read<Value>(schema: z.ZodMiniType<Value>, value: unknown, what: string): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ZonedError({
    code: "incompatible",
    message: `${what} came in a form that is not understood.`,
    hint: "Reload the page to get the newest version.",
    cause: result.error,
  });
}
