// @vitest-environment jsdom
import { act, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { type Webhook, ZonedError } from "../src/index";
import {
  useApiTokens,
  useCreateApiToken,
  useCreateWebhook,
  useDeleteWebhook,
  useRevokeApiToken,
  useRotateWebhookSecret,
  useTestWebhook,
  useUpdateWebhook,
  useWebhookDeliveries,
  useWebhookSecret,
  useWebhooks,
} from "../src/react/index";
import { aDelivery, deferred } from "./support/fake_client";
import { setup } from "./support/react";

/** Everything that the caches hold, as text. */
function kept({ queries }: ReturnType<typeof setup>): string {
  const data = queries
    .getQueryCache()
    .getAll()
    .map(({ state }) => state.data);
  const answers = queries
    .getMutationCache()
    .getAll()
    .map(({ state }) => state.data);
  return JSON.stringify([data, answers]);
}

describe("API tokens", () => {
  it("are in the list once made; the plain text is not, and is forgotten with the component that showed it", async () => {
    const fake = setup();
    const list = fake.use(useApiTokens);
    await waitFor(() => expect(list.current.data?.length).toBe(1));
    const create = fake.use(useCreateApiToken);
    act(() => create.current.mutate({ name: "Script" }));
    await waitFor(() => expect(create.current.data?.token).toBe("zoned_plain text"));
    expect(list.current.data?.map(({ name }) => name)).toEqual(["Script", "Token t"]);
    expect(JSON.stringify(list.current.data)).not.toContain("plain text");
    create.unmount();
    await waitFor(() => expect(kept(fake)).not.toContain("plain text"));
  });

  it("are forgotten on reset too", async () => {
    const fake = setup();
    const create = fake.use(useCreateApiToken);
    act(() => create.current.mutate({ name: "Script" }));
    await waitFor(() => expect(create.current.data?.token).toBe("zoned_plain text"));
    act(() => create.current.reset());
    await waitFor(() => expect(create.current.data).toBeUndefined());
    await waitFor(() => expect(kept(fake)).not.toContain("plain text"));
  });

  it("are shown as ended once revoked", async () => {
    const fake = setup();
    const result = fake.use(() => ({ list: useApiTokens(), revoke: useRevokeApiToken() }));
    await waitFor(() => expect(result.current.list.data?.[0]?.revokedAt).toBeNull());
    act(() => result.current.revoke.mutate("t"));
    await waitFor(() => expect(result.current.list.data?.[0]?.revokedAt).not.toBeNull());
  });
});

describe("webhooks", () => {
  it("are added and taken away without being asked for again", async () => {
    const fake = setup();
    const result = fake.use(() => ({
      list: useWebhooks(),
      create: useCreateWebhook(),
      remove: useDeleteWebhook(),
    }));
    await waitFor(() => expect(result.current.list.data?.length).toBe(1));
    act(() => result.current.create.mutate({ url: "https://example.com", events: ["export.ready"] }));
    await waitFor(() => expect(result.current.list.data?.map(({ id }) => id)).toEqual(["new", "w"]));
    act(() => result.current.remove.mutate("w"));
    await waitFor(() => expect(result.current.list.data?.map(({ id }) => id)).toEqual(["new"]));
  });

  it("are switched at once, and back when that fails", async () => {
    const fake = setup();
    const failing = deferred<Webhook>();
    fake.parts.webhooks.update = () => failing.promise;
    const result = fake.use(() => ({ list: useWebhooks(), update: useUpdateWebhook() }));
    await waitFor(() => expect(result.current.list.data?.[0]?.enabled).toBe(true));
    act(() => result.current.update.mutate({ id: "w", change: { enabled: false } }));
    await waitFor(() => expect(result.current.list.data?.[0]?.enabled).toBe(false));
    act(() => failing.reject(new ZonedError({ code: "network", message: "cut" })));
    await waitFor(() => expect(result.current.list.data?.[0]?.enabled).toBe(true));
  });

  it("have deliveries that are looked at again after a test, and while one is on its way", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const fake = setup();
    fake.data.deliveries = [aDelivery("d", { state: "pending", deliveredAt: null })];
    const result = fake.use(() => ({ list: useWebhookDeliveries("w"), test: useTestWebhook() }));
    await waitFor(() => expect(result.current.list.deliveries.length).toBe(1));
    fake.data.deliveries = [aDelivery("d")];
    await act(() => vi.advanceTimersByTimeAsync(5000));
    await waitFor(() => expect(result.current.list.deliveries[0]?.state).toBe("delivered"));
    const asked = fake.calls.length;
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(fake.calls.length).toBe(asked);
    fake.data.deliveries = [aDelivery("test", { event: "webhook.test" }), aDelivery("d")];
    act(() => result.current.test.mutate("w"));
    await waitFor(() => expect(result.current.list.deliveries.map(({ id }) => id)).toEqual(["test", "d"]));
  });

  it("have a secret that no cache keeps", async () => {
    const fake = setup();
    const shown = fake.use(() => ({ secret: useWebhookSecret(), rotate: useRotateWebhookSecret() }));
    act(() => shown.current.secret.mutate());
    await waitFor(() => expect(shown.current.secret.data).toBe("whsec_one"));
    act(() => shown.current.rotate.mutate());
    await waitFor(() => expect(shown.current.rotate.data).toBe("whsec_two"));
    shown.unmount();
    await waitFor(() => expect(kept(fake)).not.toContain("whsec"));
  });
});
