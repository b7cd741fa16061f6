// Over a real network, loopback, with a real certificate: that of the tests' own authority, for localhost.

import { rejects, strictEqual } from "node:assert/strict";
import { Problem } from "../api/platform/problem.ts";
import { internet, send } from "../api/platform/public_http.ts";

const read = (name: string) => Deno.readTextFileSync(new URL(`tls/${name}`, import.meta.url));

async function withServer(test: (port: number, names: string[]) => Promise<void>): Promise<void> {
  const names: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", cert: read("server.pem"), key: read("server.key"), onListen: () => {} },
    (request) => {
      names.push(request.headers.get("host") ?? "");
      return new Response("over TLS");
    },
  );
  try {
    await test(server.addr.port, names);
  } finally {
    await server.shutdown();
  }
}

function request(privateHosts: string[]) {
  const signal = AbortSignal.timeout(10_000);
  return {
    method: "GET" as const,
    headers: {},
    maxRedirects: 0,
    signal,
    privateHosts,
    namedHostsOnly: true,
    plainHttp: false,
  };
}

Deno.test("a server with a certificate for its name is talked to", async () => {
  await withServer(async (port, names) => {
    const answer = await send(`https://localhost:${port}/x`, request([`localhost:${port}`]), {
      ...internet,
      // The name may lead to ::1 first, where the server does not listen.
      resolve: async (host) => (await internet.resolve(host)).filter((address) => address === "127.0.0.1"),
    });
    strictEqual(answer.status, 200);
    strictEqual(await new Response(answer.body).text(), "over TLS");
    strictEqual(names[0], `localhost:${port}`);
  });
});

Deno.test("a server with a certificate for another name is not", async () => {
  await withServer(async (port, names) => {
    const outcome = send(`https://127.0.0.1:${port}/`, request([`127.0.0.1:${port}`]));
    await rejects(outcome, (error) => error instanceof Problem && error.code === "address_unreachable");
    strictEqual(names.length, 0);
  });
});
