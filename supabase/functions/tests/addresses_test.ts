import { strictEqual } from "node:assert/strict";
import { isPublic } from "../api/platform/addresses.ts";

Deno.test("addresses that anyone may reach are public", () => {
  for (const address of ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2001:4860:4860::8888"]) {
    strictEqual(isPublic(address), true, address);
  }
});

Deno.test("addresses of this machine, its network and its cloud are not, in any of their forms", () => {
  for (const address of [
    ...[
      "127.0.0.1",
      "127.255.255.254",
      "0.0.0.0",
      "0.1.2.3",
      "10.0.0.1",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.0.1",
    ],
    ...[
      "169.254.169.254",
      "100.64.0.1",
      "100.127.255.255",
      "192.0.0.1",
      "192.0.2.1",
      "198.18.0.1",
      "198.51.100.1",
    ],
    ...["203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
    ...[
      "::",
      "::1",
      "::127.0.0.1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "::ffff:10.0.0.1",
      "::ffff:0:127.0.0.1",
    ],
    ...["64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "fe80::1", "fec0::1"],
    ...["fc00::1", "fd12:3456::1", "ff02::1", "100::1", "4000::1"],
  ]) {
    strictEqual(isPublic(address), false, address);
  }
});

Deno.test("text that is no address is not public", () => {
  for (const text of ["", "localhost", "1.2.3.4.5", "::g", "1.1.1.1/8"]) {
    strictEqual(isPublic(text), false, text);
  }
});
