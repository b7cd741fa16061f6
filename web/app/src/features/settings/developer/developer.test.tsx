import { cleanup, configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ApiToken, type Webhook, type ZonedClient, ZonedError } from "@zoned/client";
import { ZonedProvider } from "@zoned/client/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TooltipProvider } from "@/components/tooltip";
import { TokensSection } from "./tokens-section";
import { WebhooksSection } from "./webhooks-section";

vi.mock("@/project", () => ({ useProject: () => ({ config: { supabaseUrl: "https://project.example" } }) }));

// A machine that does much else takes its time.
vi.setConfig({ testTimeout: 60_000 });
configure({ asyncUtilTimeout: 20_000 });
// jsdom has none, and checkboxes ask for their size.
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);

const token: ApiToken = {
  id: "t",
  name: "Script",
  scope: "read",
  prefix: "zoned_012345",
  createdAt: "2026-01-01T00:00:00Z",
  expiresAt: "2999-01-01T00:00:00Z",
  lastUsedAt: null,
  revokedAt: null,
};
const webhook: Webhook = {
  id: "w",
  url: "https://example.com/hook",
  events: ["document.ready"],
  description: "",
  enabled: true,
  createdAt: "2026-01-01T00:00:00Z",
};
const refused = new ZonedError({ code: "forbidden", message: "Not you.", hint: "Ask somebody else." });

/** A client of which a test says what it answers. */
function fakeClient() {
  return {
    supabase: { auth: { onAuthStateChange: () => ({ data: { subscription: { unsubscribe: () => {} } } }) } },
    apiTokens: {
      list: vi.fn(async () => [token]),
      create: vi.fn(async () => ({ ...token, id: "new", name: "New", token: "zoned_plain" })),
      revoke: vi.fn(async () => ({ ...token, revokedAt: "2026-01-02T00:00:00Z" })),
    },
    webhooks: {
      isAvailable: vi.fn(async () => true),
      list: vi.fn(async () => [webhook]),
      create: vi.fn(async () => ({ ...webhook, id: "new" })),
      update: vi.fn(async () => webhook),
      secret: vi.fn(async () => "whsec_secret"),
      deliveries: vi.fn(async () => ({ items: [], nextCursor: null })),
    },
  };
}

let client: ReturnType<typeof fakeClient>;
beforeEach(() => {
  client = fakeClient();
});
afterEach(cleanup);

function show(section: ReactNode) {
  render(
    <ZonedProvider client={client as unknown as ZonedClient} live={false}>
      <TooltipProvider>{section}</TooltipProvider>
    </ZonedProvider>,
  );
  return userEvent.setup();
}

describe("the API tokens of the settings", () => {
  it("are made with the name, scope and lifetime asked for, and shown until the dialog is closed", async () => {
    const user = show(<TokensSection />);
    await user.click(await screen.findByRole("button", { name: "New token" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("Name"), "New");
    await user.click(within(dialog).getByRole("radio", { name: "Read and write" }));
    await user.click(within(dialog).getByRole("button", { name: "Make the token" }));
    expect(client.apiTokens.create).toHaveBeenCalledWith({ name: "New", scope: "write", expiresInDays: 90 });
    expect(await screen.findByDisplayValue("zoned_plain")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Done" }));
    expect(screen.queryByDisplayValue("zoned_plain")).toBeNull();
    await user.click(screen.getByRole("button", { name: "New token" }));
    expect(await screen.findByRole("button", { name: "Make the token" })).toBeTruthy();
    expect(screen.queryByDisplayValue("zoned_plain")).toBeNull();
  });

  it("are not revoked before that is confirmed, and say why it did not work", async () => {
    client.apiTokens.revoke.mockRejectedValueOnce(refused);
    const user = show(<TokensSection />);
    await user.click(await screen.findByRole("button", { name: "Revoke Script" }));
    expect(client.apiTokens.revoke).not.toHaveBeenCalled();
    const confirm = await screen.findByRole("button", { name: "Revoke the token" });
    await user.click(confirm);
    expect(await screen.findByText("Not you. Ask somebody else.")).toBeTruthy();
    await user.click(confirm);
    expect(await screen.findByText("None of your tokens works any more.")).toBeTruthy();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("are sent to an address of the project", () => {
    show(<TokensSection />);
    expect(screen.getByText("https://project.example/functions/v1/api/v1")).toBeTruthy();
  });

  it("that could not be loaded are asked for again on request", async () => {
    client.apiTokens.list.mockRejectedValueOnce(refused);
    const user = show(<TokensSection />);
    expect(await screen.findByText("Not you. Ask somebody else.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Script")).toBeTruthy();
  });
});

describe("the webhooks of the settings", () => {
  it("cannot be made where the project has no Edge Function, and say so; those there are can be switched", async () => {
    client.webhooks.isAvailable.mockResolvedValueOnce(false);
    const user = show(<WebhooksSection />);
    expect(await screen.findByText("This project sends no webhooks")).toBeTruthy();
    expect(screen.getByRole("button", { name: "New webhook" })).toHaveProperty("disabled", true);
    expect(screen.getByRole("button", { name: /^Test / })).toHaveProperty("disabled", true);
    await user.click(screen.getByRole("switch"));
    expect(client.webhooks.update).toHaveBeenCalledWith("w", { enabled: false });
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryByText("This project sends no webhooks")).toBeNull());
    expect(screen.getByRole("button", { name: "New webhook" })).toHaveProperty("disabled", false);
  });

  it("are not made of nothing to tell", async () => {
    const user = show(<WebhooksSection />);
    const make = await screen.findByRole("button", { name: "New webhook" });
    await waitFor(() => expect(make).toHaveProperty("disabled", false));
    await user.click(make);
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("Address"), "https://example.com");
    for (const box of within(dialog).getAllByRole("checkbox")) await user.click(box);
    await user.click(within(dialog).getByRole("button", { name: "Make the webhook" }));
    expect(within(dialog).getByText("Choose at least one thing that it is told of.")).toBeTruthy();
    expect(client.webhooks.create).not.toHaveBeenCalled();
    await user.click(within(dialog).getByLabelText("An export failed"));
    await user.click(within(dialog).getByRole("button", { name: "Make the webhook" }));
    expect(client.webhooks.create).toHaveBeenCalledWith({
      url: "https://example.com",
      events: ["export.failed"],
      description: "",
    });
  });

  it("have a secret that is shown on request, and hidden again", async () => {
    const user = show(<WebhooksSection />);
    expect(client.webhooks.secret).not.toHaveBeenCalled();
    await user.click(await screen.findByRole("button", { name: "Show the secret" }));
    expect(await screen.findByDisplayValue("whsec_secret")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Hide the secret" }));
    expect(screen.queryByDisplayValue("whsec_secret")).toBeNull();
  });
});
