// What travels with a request.

import type { SupabaseClient } from "@supabase/supabase-js";

/** W3C Trace Context of the call: the caller's trace, or a new one, with a span of ours. */
export type Trace = { traceId: string; traceparent: string };

/** Who calls, and the project as they see it: every query of this client is made in their name. */
export type Caller = { id: string; jwt: string; client: SupabaseClient };

export type Env = { Variables: { requestId: string; trace: Trace; caller: Caller } };
