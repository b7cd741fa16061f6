import { rejects, strictEqual } from "node:assert/strict";
import { verify } from "hono/jwt";
import { signed } from "../api/platform/tokens.ts";

const claims = { sub: "somebody", exp: Math.floor(Date.now() / 1000) + 60 };

Deno.test("signs with a key pair and names the key", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  // As `supabase gen signing-key` writes it.
  const key = {
    ...(await crypto.subtle.exportKey("jwk", pair.privateKey)),
    kid: "a-key",
    alg: "ES256",
    use: "sig",
    key_ops: ["sign", "verify"],
  };
  const token = await signed(claims, JSON.stringify(key));
  const header = JSON.parse(atob(token.split(".")[0] ?? ""));
  strictEqual(header.alg, "ES256");
  strictEqual(header.kid, "a-key");
  const publicKey = await crypto.subtle.exportKey("jwk", pair.publicKey);
  strictEqual((await verify(token, publicKey, "ES256"))["sub"], "somebody");
});

Deno.test("signs with a legacy secret", async () => {
  const secret = "a secret of at least thirty-two characters";
  const key = { kty: "oct", k: btoa(secret).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") };
  const token = await signed(claims, JSON.stringify(key));
  strictEqual((await verify(token, secret, "HS256"))["sub"], "somebody");
});

Deno.test("signs with nothing else", async () => {
  await rejects(signed(claims, JSON.stringify({ kty: "RSA" })));
  await rejects(signed(claims, "no JSON"));
});
