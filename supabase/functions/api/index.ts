// What the platform runs. Everything it serves is put together in api.ts.

import { createApi } from "./api.ts";
import { v1 } from "./v1/mod.ts";

Deno.serve(createApi({ v1: v1() }).fetch);
