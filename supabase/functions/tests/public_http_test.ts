import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Problem } from "../api/platform/problem.ts";
import { type Request, send } from "../api/platform/public_http.ts";
import { networkOf } from "./network.ts";

const GOOD = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

function request(more: Partial<Request> = {}): Request {
  const signal = new AbortController().signal;
  return {
    method: "GET",
    headers: {},
    maxRedirects: 5,
    signal,
    privateHosts: [],
    namedHostsOnly: false,
    plainHttp: true,
    ...more,
  };
}

async function refused(promise: Promise<unknown>, code: string) {
  await rejects(promise, (error) => error instanceof Problem && error.code === code);
}

function redirectTo(location: string): string {
  return `HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`;
}

Deno.test("the connection goes to the address that was checked, under the name that was asked for", async () => {
  const { network, connected, secured } = networkOf(
    { "a.example": [["8.8.8.8"], ["127.0.0.1"]] },
    { "8.8.8.8": GOOD },
  );
  const answer = await send("https://a.example/x?y=1#z", request(), network);
  strictEqual(await new Response(answer.body).text(), "ok");
  deepStrictEqual([connected, secured], [["8.8.8.8:443"], ["a.example"]]);
});

Deno.test("a name that also leads inside is refused before anything is connected to", async () => {
  for (const inside of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"]) {
    const { network, connected } = networkOf({ "a.example": [["8.8.8.8", inside]] }, { "8.8.8.8": GOOD });
    await refused(send("https://a.example/", request(), network), "address_not_allowed");
    deepStrictEqual(connected, []);
  }
});

Deno.test("each redirect is resolved and checked anew", async () => {
  const names = {
    "a.example": [["8.8.8.8"], ["127.0.0.1"]],
    "b.example": [["9.9.9.9"]],
    "c.example": [["10.0.0.1"]],
  };
  const answers = { "8.8.8.8": redirectTo("http://b.example/next"), "9.9.9.9": redirectTo("//c.example/") };
  const { network, connected } = networkOf(names, answers);
  await refused(send("https://a.example/", request(), network), "address_not_allowed");
  deepStrictEqual(connected, ["8.8.8.8:443", "9.9.9.9:80"]);
  for (const location of [
    "http://127.0.0.1/",
    "http://[::1]/",
    "file:///etc/passwd",
    "http://u:p@b.example/",
    "http://b.example:22/",
    "/again",
  ]) {
    const rebinding = networkOf(
      { "a.example": [["8.8.8.8"], ["127.0.0.1"]] },
      { "8.8.8.8": redirectTo(location) },
    );
    await refused(send("https://a.example/", request(), rebinding.network), "address_not_allowed");
    deepStrictEqual(rebinding.connected, ["8.8.8.8:443"]);
  }
});

Deno.test("a redirect is an answer where none are followed", async () => {
  const { network } = networkOf(
    { "a.example": [["8.8.8.8"]] },
    { "8.8.8.8": redirectTo("http://127.0.0.1/") },
  );
  const answer = await send("https://a.example/", request({ maxRedirects: 0 }), network);
  strictEqual(answer.status, 302);
  await answer.body.cancel();
});

Deno.test("a trusted host may be private, and only at the port that is named", async () => {
  const names = { intranet: [["10.0.0.1"]], "b.example": [["10.0.0.1"]] };
  const { network } = networkOf(names, { "10.0.0.1": GOOD });
  const trusting = request({ privateHosts: ["intranet:8080"], plainHttp: false });
  const answer = await send("http://intranet:8080/", trusting, network);
  strictEqual(answer.status, 200);
  await answer.body.cancel();
  await refused(send("http://intranet/", trusting, network), "address_not_allowed");
  await refused(send("https://b.example/", trusting, network), "address_not_allowed");
});

Deno.test("where only named hosts may be called, no other is looked up or connected to", async () => {
  const { network, connected } = networkOf(
    { "a.example": [["8.8.8.8"]], intranet: [["10.0.0.1"]] },
    { "10.0.0.1": GOOD },
  );
  const closed = request({ namedHostsOnly: true, privateHosts: ["intranet"] });
  await refused(send("https://a.example/", closed, network), "address_not_allowed");
  const answer = await send("http://intranet/", closed, network);
  await answer.body.cancel();
  deepStrictEqual(connected, ["10.0.0.1:80"]);
});

Deno.test("an answer that is no HTTP, breaks off, or lies about its length is an error, not a hang or a crash", async () => {
  for (const text of [
    "",
    "SSH-2.0-OpenSSH_9.6\r\n",
    "HTTP/1.1 200",
    "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    `HTTP/1.1 200 OK\r\nx: ${"y".repeat(40_000)}\r\n\r\n`,
    `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(9000)}\r\n`,
    "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n",
  ]) {
    const { network } = networkOf({ "a.example": [["8.8.8.8"]] }, { "8.8.8.8": text });
    await refused(send("https://a.example/", request(), network), "address_unreachable");
  }
  for (const body of [
    "content-length: 9\r\n\r\nok",
    "content-length: -1\r\n\r\nok",
    "transfer-encoding: gzip\r\n\r\nok",
    "transfer-encoding: chunked\r\n\r\nzz\r\n",
    "transfer-encoding: chunked\r\n\r\n2\r\noktoo long\r\n0\r\n\r\n",
    "transfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
  ]) {
    const { network } = networkOf(
      { "a.example": [["8.8.8.8"]] },
      { "8.8.8.8": `HTTP/1.1 200 OK\r\n${body}` },
    );
    const answer = await send("https://a.example/", request(), network);
    await rejects(new Response(answer.body).text());
  }
});

Deno.test("bodies come whole, however they are framed", async () => {
  for (const body of [
    "content-length: 5\r\n\r\nhello",
    "\r\nhello",
    "transfer-encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
  ]) {
    const text = `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n${body}`;
    const { network } = networkOf({ "a.example": [["8.8.8.8"]] }, { "8.8.8.8": text });
    const answer = await send("https://a.example/", request(), network);
    strictEqual(await new Response(answer.body).text(), "hello");
  }
});

Deno.test("a host that never answers is given up when the time is over", async () => {
  const { network } = networkOf({ "a.example": [["8.8.8.8"]] }, {});
  network.connect = () => new Promise(() => {});
  const signal = AbortSignal.timeout(50);
  await refused(send("https://a.example/", request({ signal }), network), "address_too_slow");
});
