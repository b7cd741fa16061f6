import { describe, expect, inject, it } from "vitest";
import { createZonedClient, isZonedError, toZonedError, ZonedError, type ZonedErrorCode } from "../src/index";
import { anonymous, newAccount, signedIn } from "./support/account";

describe("whatever fails underneath", () => {
  // Answers as the real services give them.
  const cases: [string, unknown, number | undefined, ZonedErrorCode, boolean][] = [
    ["no network, Chrome", new TypeError("Failed to fetch"), undefined, "network", true],
    [
      "no network, Firefox",
      new TypeError("NetworkError when attempting to fetch resource."),
      undefined,
      "network",
      true,
    ],
    ["no network, Safari", new TypeError("Load failed"), undefined, "network", true],
    [
      "no network, through postgrest-js",
      { message: "TypeError: fetch failed", details: "ECONNREFUSED", code: "" },
      0,
      "network",
      true,
    ],
    ["given up", new DOMException("This operation was aborted", "AbortError"), undefined, "canceled", false],
    [
      "given up, through postgrest-js",
      { message: "AbortError: The user aborted a request.", code: "20" },
      0,
      "canceled",
      false,
    ],
    ["expired token, database", { message: "JWT expired", code: "PGRST303" }, 401, "unauthenticated", false],
    ["bad token, database", { message: "JWSError", code: "PGRST301" }, 401, "unauthenticated", false],
    [
      "nobody signed in, grants",
      { message: "permission denied for table documents", code: "42501" },
      401,
      "forbidden",
      false,
    ],
    [
      "row level security",
      { message: 'new row violates row-level security policy for table "zones"', code: "42501" },
      403,
      "forbidden",
      false,
    ],
    [
      "expired token, Storage",
      {
        name: "StorageApiError",
        message: '"exp" claim timestamp check failed',
        status: 400,
        statusCode: "403",
      },
      undefined,
      "unauthenticated",
      false,
    ],
    [
      "denied, Storage",
      { message: "new row violates row-level security policy", status: 400, statusCode: "403" },
      undefined,
      "forbidden",
      false,
    ],
    [
      "missing, Storage",
      { message: "Object not found", status: 400, statusCode: "404", code: "NoSuchKey" },
      undefined,
      "not_found",
      false,
    ],
    [
      "too large, Storage",
      { message: "The object exceeded the maximum allowed size", status: 400, statusCode: "413" },
      undefined,
      "too_large",
      false,
    ],
    [
      "no session, Auth",
      { name: "AuthSessionMissingError", message: "Auth session missing!", status: 400 },
      undefined,
      "unauthenticated",
      false,
    ],
    [
      "session revoked, Auth",
      { name: "AuthApiError", message: "x", status: 403, code: "session_not_found" },
      undefined,
      "unauthenticated",
      false,
    ],
    [
      "refresh token used, Auth",
      { name: "AuthApiError", message: "x", status: 400, code: "refresh_token_already_used" },
      undefined,
      "unauthenticated",
      false,
    ],
    [
      "no network, Auth",
      { name: "AuthRetryableFetchError", message: "fetch failed", status: 0 },
      undefined,
      "network",
      true,
    ],
    [
      "down, Auth",
      { name: "AuthRetryableFetchError", message: "", status: 503 },
      undefined,
      "unavailable",
      true,
    ],
    [
      "the schema's own 404",
      { message: "There is no such zone.", code: "PT404", hint: "List them." },
      404,
      "not_found",
      false,
    ],
    [
      "the schema's own 409",
      { message: "The zone has been changed.", code: "PT409" },
      409,
      "conflict",
      false,
    ],
    ["a quota", { message: "The storage quota is used up.", code: "PT413" }, 413, "quota_exceeded", false],
    ["the schema's own 400", { message: "The box has no area.", code: "PT400" }, 400, "invalid", false],
    ["no row", { message: "Cannot coerce", code: "PGRST116" }, 406, "not_found", false],
    [
      "a check",
      { message: 'violates check constraint "zones_level_range"', code: "23514" },
      400,
      "invalid",
      false,
    ],
    [
      "an unknown foreign key",
      { message: "violates foreign key constraint", code: "23503" },
      409,
      "not_found",
      false,
    ],
    ["a unique key", { message: 'violates unique constraint "x"', code: "23505" }, 409, "conflict", false],
    [
      "text that is no uuid",
      { message: "invalid input syntax for type uuid", code: "22P02" },
      400,
      "invalid",
      false,
    ],
    [
      "a statement that took too long",
      { message: "canceling statement due to statement timeout", code: "57014" },
      500,
      "timeout",
      true,
    ],
    ["no connection to the database", { message: "x", code: "PGRST000" }, 503, "unavailable", true],
    [
      "a function that is not there",
      { message: "Could not find the function", code: "PGRST202" },
      404,
      "incompatible",
      false,
    ],
    ["too many requests", { message: "x" }, 429, "rate_limited", true],
    ["a gateway that waited too long", { message: "" }, 504, "timeout", true],
    ["a gateway's page", { message: "<html>502</html>" }, 502, "unavailable", true],
    ["a text", "boom", undefined, "unexpected", false],
    ["nothing", undefined, undefined, "unexpected", false],
  ];
  it.each(cases)("is one ZonedError: %s", (_name, failure, status, code, retryable) => {
    const error = toZonedError(failure, status);
    expect(error).toBeInstanceOf(ZonedError);
    expect({ code: error.code, retryable: error.retryable, cause: error.cause }).toEqual({
      code,
      retryable,
      cause: failure,
    });
    expect(error.message).toMatch(/^[A-Z].*\.$/);
  });

  it("keeps the words of the schema, which are for people, and no others", () => {
    expect(
      toZonedError({ message: "The box has no area.", code: "PT400", hint: "Give it one." }),
    ).toMatchObject({
      message: "The box has no area.",
      hint: "Give it one.",
    });
    expect(
      toZonedError({ message: 'relation "secret" does not exist', code: "XX000" }, 500).message,
    ).not.toContain("secret");
  });

  it("says in words which rule of the schema a value breaks", () => {
    const refused = (constraint: string) =>
      toZonedError({ message: `new row violates check constraint "${constraint}"`, code: "23514" }, 400);
    expect(refused("zones_level_range").message).toBe("A level is a number from 1 to 6.");
    expect(refused("webhooks_url_form")).toMatchObject({
      code: "invalid",
      message: expect.stringContaining("https://"),
    });
    expect(refused("something_else").message).toBe("A value was not accepted.");
  });

  it("stays what it is when it is one already", () => {
    const error = new ZonedError({ code: "conflict", message: "Changed." });
    expect(toZonedError(error)).toBe(error);
    expect(isZonedError(error, "conflict")).toBe(true);
    expect(isZonedError(error, "network", "timeout")).toBe(false);
    expect(isZonedError(new Error("x"))).toBe(false);
  });
});

describe("calls against the services", () => {
  async function errorOf(call: Promise<unknown>): Promise<ZonedError> {
    try {
      await call;
    } catch (error) {
      if (isZonedError(error)) return error;
      throw error;
    }
    throw new Error("it did not fail");
  }

  it("without anybody signed in are told apart from those without a network", async () => {
    const { code } = await errorOf(createZonedClient(anonymous()).documents.list());
    expect(["unauthenticated", "forbidden"]).toContain(code);
    const nowhere = createZonedClient(anonymous("http://127.0.0.1:9"));
    expect(await errorOf(nowhere.documents.list())).toMatchObject({ code: "network", retryable: true });
  });

  it("with a token that is none are unauthenticated", async () => {
    const supabase = await signedIn(await newAccount());
    const { data } = await supabase.auth.getSession();
    const token = data.session?.access_token ?? "";
    const broken = createZonedClient(supabase);
    supabase.auth.getSession = async () =>
      ({
        data: { session: { ...data.session, access_token: `${token.slice(0, -6)}AAAAAA` } },
        error: null,
      }) as Awaited<ReturnType<typeof supabase.auth.getSession>>;
    expect((await errorOf(broken.documents.list())).code).toBe("unauthenticated");
  });

  it("that are given up are canceled", async () => {
    const zoned = createZonedClient(await signedIn(await newAccount()));
    const controller = new AbortController();
    const call = errorOf(zoned.documents.list({}, null, { signal: controller.signal }));
    controller.abort();
    expect((await call).code).toBe("canceled");
    expect((await errorOf(zoned.documents.list({}, null, { signal: controller.signal }))).code).toBe(
      "canceled",
    );
  });

  it("with an id that is none are invalid", async () => {
    const zoned = createZonedClient(await signedIn(await newAccount()));
    expect((await errorOf(zoned.documents.get("not-an-id"))).code).toBe("invalid");
    expect(inject("project").url).toMatch(/^http/);
  });
});
