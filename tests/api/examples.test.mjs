// The examples of docs/api.md, one after the other, as a reader would run them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { eventually, functionUrl, paper, serve, sql } from "./caller.mjs";
import { differences, examplesIn, patternOf, valueAt } from "./examples.mjs";
import { root } from "./project.mjs";

const document = await readFile(`${root}docs/api.md`, "utf8");
const examples = examplesIn(document);
const { SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, DAEMON_PID } = process.env;

describe("docs/api.md", () => {
  let variables;
  let dir;
  let server;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "zoned-examples-"));
    await writeFile(join(dir, "paper.pdf"), paper);
    await writeFile(join(dir, ".curlrc"), "silent\nshow-error\n");
    server = await serve(({ method }, response) => response.end(method === "GET" ? paper : "thanks"));
    variables = {
      SUPABASE_URL,
      KEY: SUPABASE_PUBLISHABLE_KEY,
      API: functionUrl,
      EMAIL: `reader-${randomUUID()}@example.com`,
      SIZE: String(paper.length),
      PDF_URL: `${server.url}/paper.pdf`,
      HOOK_URL: `${server.url}/hook`,
    };
  });
  after(async () => {
    process.kill(Number(DAEMON_PID), "SIGCONT");
    server.close();
    await rm(dir, { recursive: true });
  });

  async function run(command) {
    const env = { PATH: process.env.PATH, CURL_HOME: dir, HOME: dir, ...variables };
    const { stdout } = await promisify(execFile)("bash", ["-uc", command], {
      cwd: dir,
      env,
      timeout: 60_000,
    });
    return stdout;
  }

  /** What the answer is, and how it differs from the one shown. */
  function judge(stdout, answer) {
    if (answer === undefined || answer.kind === "json") {
      const value = JSON.parse(stdout);
      return { value, faults: answer === undefined ? [] : differences(value, JSON.parse(answer.text)) };
    }
    if (answer.kind === "text") {
      const faults = patternOf(answer.text).test(stdout.trimEnd()) ? [] : [`${stdout} is not ${answer.text}`];
      return { value: stdout, faults };
    }
    return judgeHttp(stdout, answer.text);
  }

  function judgeHttp(stdout, text) {
    const [actual, expected] = [stdout.replaceAll("\r\n", "\n"), text].map((message) =>
      message.split(/\n\n(.*)/s),
    );
    const [[status, ...lines], [wantedStatus, ...wanted]] = [actual[0].split("\n"), expected[0].split("\n")];
    const headers = Object.fromEntries(
      lines.map((line) => line.split(/: (.*)/s)).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const faults = wanted.flatMap((line) => {
      const [name, value] = line.split(/: (.*)/s);
      return patternOf(value).test(headers[name] ?? "") ? [] : [`${name}: ${headers[name]} is not ${value}`];
    });
    if (status.trim() !== wantedStatus) faults.unshift(`${status} is not ${wantedStatus}: ${actual[1]}`);
    if (expected[1]) faults.push(...differences(JSON.parse(actual[1]), JSON.parse(expected[1])));
    return { value: headers, faults };
  }

  assert.ok(examples.length > 40);
  for (const { line, heading, command, directives, answer } of examples) {
    it(`line ${line}: ${heading}`, async () => {
      if (directives.daemon === "stop") process.kill(Number(DAEMON_PID), "SIGSTOP");
      let judged;
      await eventually(
        directives.until?.join() ?? "it is answered",
        async () => {
          judged = judge(await run(command), answer);
          return (
            (directives.until ?? []).every(
              ([path, value]) => String(valueAt(judged.value, path)) === value,
            ) || undefined
          );
        },
        90_000,
      );
      if (directives.daemon === "go") process.kill(Number(DAEMON_PID), "SIGCONT");
      assert.deepEqual(judged.faults, []);
      for (const [name, path] of directives.keep) {
        const value = valueAt(judged.value, path);
        assert.ok(value !== undefined && value !== null, `${name}: nothing at ${path}`);
        variables[name] = String(value);
      }
    });
  }

  it("has an example of, or a word about, every operation of the function and every function of the database", async () => {
    const description = await (await fetch(`${functionUrl}/openapi.json`)).json();
    for (const path of Object.keys(description.paths)) {
      const pattern = new RegExp(path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, "\\S+?"));
      assert.match(document, pattern, path);
    }
    const rows = await sql(`select distinct proname from pg_proc
      where pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', oid, 'execute') and prorettype <> 'trigger'::regtype`);
    const internal = [
      "begin_request",
      "end_request",
      "redeem_api_token",
      "settle_webhook_test",
      "test_webhook",
      "webhook_secret",
      "service_health",
    ];
    for (const { proname } of rows.filter(({ proname }) => !internal.includes(proname))) {
      assert.ok(document.includes(proname), `${proname} is not in docs/api.md`);
    }
  });
});
