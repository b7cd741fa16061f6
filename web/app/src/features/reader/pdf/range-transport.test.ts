// @vitest-environment node
import { afterEach, describe, expect, it, vi } from "vitest";
import { FileUnreachable, fetchRange } from "./range-transport";

const never = new AbortController().signal;
const noPause = async () => {};

/** A server that answers what it is told, one answer after the other. */
function server(...answers: (() => Response | Promise<Response>)[]) {
  const asked: { url: string; range: string | null }[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push({ url, range: new Headers(init.headers).get("range") });
    const answer = answers.shift();
    if (!answer) throw new Error("asked too often");
    return answer();
  });
  return asked;
}

const part = () => new Response(new Uint8Array([1, 2, 3]), { status: 206 });
const refused = () => new Response("expired", { status: 400 });
const cut = () => Promise.reject(new TypeError("network"));

afterEach(() => vi.unstubAllGlobals());

describe("parts of a file", () => {
  it("are asked for by their bytes", async () => {
    const asked = server(part);
    const bytes = await fetchRange(async () => "/file", 100, 103, never);
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(asked).toEqual([{ url: "/file", range: "bytes=100-102" }]);
  });

  it("come from a new address once the old one is refused", async () => {
    const asked = server(refused, part);
    await fetchRange(async (renew) => (renew ? "/new" : "/old"), 0, 3, never, noPause);
    expect(asked.map(({ url }) => url)).toEqual(["/old", "/new"]);
  });

  it("are asked for again when the network was gone for a moment", async () => {
    server(cut, cut, part);
    expect(await fetchRange(async () => "/file", 0, 3, never, noPause)).toHaveLength(3);
  });

  it("are given up after a few attempts, and are never the whole file", async () => {
    const whole = () => new Response(new Uint8Array(1000), { status: 200 });
    const asked = server(cut, whole, cut, whole, cut);
    await expect(fetchRange(async () => "/file", 0, 3, never, noPause)).rejects.toBeInstanceOf(
      FileUnreachable,
    );
    expect(asked).toHaveLength(5);
  });

  it("are not waited for once nobody wants them", async () => {
    server(cut);
    const controller = new AbortController();
    const fetched = fetchRange(
      async () => "/file",
      0,
      3,
      controller.signal,
      async () => controller.abort(),
    );
    await expect(fetched).rejects.toMatchObject({ name: "AbortError" });
  });
});
