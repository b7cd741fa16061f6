import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Delivery, deliverOne, signature } from "../api/v1/delivery.ts";
import { networkOf } from "./network.ts";

const DELIVERY: Delivery = {
  delivery_id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  webhook_id: "w",
  url: "https://hooks.example/in",
  event: "document.ready",
  payload: { type: "document.ready" },
  attempt: 1,
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
};

Deno.test("signs as the example of Standard Webhooks is signed", async () => {
  const signed = await signature(DELIVERY, 1614265330, '{"test": 2432232314}');
  strictEqual(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

Deno.test("sends one signed request and tells the status", async () => {
  const { network, connected } = networkOf(
    { "hooks.example": [["8.8.8.8"]] },
    { "8.8.8.8": "HTTP/1.1 204 No Content\r\n\r\n" },
  );
  deepStrictEqual(await deliverOne(DELIVERY, network), { status: 204, error: null });
  deepStrictEqual(connected, ["8.8.8.8:443"]);
});

Deno.test("tells why nothing was delivered", async () => {
  const inside = networkOf({ "hooks.example": [["10.0.0.1"]] }, {});
  deepStrictEqual(await deliverOne(DELIVERY, inside.network), {
    status: null,
    error: "The address is not on the public internet.",
  });
  const failing = networkOf(
    { "hooks.example": [["8.8.8.8"]] },
    { "8.8.8.8": "HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n" },
  );
  const outcome = await deliverOne(DELIVERY, failing.network);
  strictEqual(outcome.status, 500);
  ok(outcome.error);
});
