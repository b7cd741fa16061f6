import { describe, expect, it } from "vitest";
import { parseConfig } from "./config";

describe("config.json", () => {
  it("gives the project's address without a trailing slash", () => {
    expect(parseConfig({ supabaseUrl: "https://p.supabase.co//", supabaseKey: "sb_publishable_x" })).toEqual({
      supabaseUrl: "https://p.supabase.co",
      supabaseKey: "sb_publishable_x",
    });
  });

  it.each([
    [null, /not an object/],
    [{ supabaseUrl: "", supabaseKey: "k" }, /no address/],
    [{ supabaseUrl: "javascript:alert(1)", supabaseKey: "k" }, /no address/],
    [{ supabaseUrl: "https://p.supabase.co" }, /no publishable key/],
    [{ supabaseUrl: "https://p.supabase.co", supabaseKey: "sb_secret_x" }, /secret key/],
  ])("refuses %j and says why", (value, message) => {
    expect(() => parseConfig(value)).toThrow(message);
  });
});
