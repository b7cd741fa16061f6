// Schemathesis: requests made from the function's own description, good and bad, and every answer held against it.
import { readFile, rm, writeFile } from "node:fs/promises";
import { root } from "./project.mjs";

const SECONDS = Number(process.env.SCHEMATHESIS_SECONDS ?? 90);
const CONFIG = `${root}tests/api/schemathesis.toml`;
const WITH_DATA = `${root}.cache/schemathesis.toml`;

/** Runs it as a person with a document and an export, who may ask as often as it takes; true if it found nothing. */
export async function schemathesis(variables, call) {
  Object.assign(process.env, variables);
  const { eventually, newCaller, sql } = await import("./caller.mjs");
  await sql("update private.request_limits set capacity = 1000000, per_second = 100000");
  const user = await newCaller();
  const worker = await newCaller({ role: "worker" });
  const document = await user.ready("described.pdf");
  const { json: made } = await user.rest("POST", "rpc/request_export", {
    document_id: document.id,
    format: "text",
  });
  const { json: token } = await user.rest("POST", "rpc/create_api_token", { name: "Schemathesis" });
  await eventually("the export is ready", async () => {
    const { json } = await user.rest("GET", `exports?id=eq.${made.id}`);
    return json[0].status === "ready" || undefined;
  });
  await writeFile(
    WITH_DATA,
    `${await readFile(CONFIG, "utf8")}${existing({ document, made, token, worker })}`,
  );
  try {
    return await call(
      "python3",
      [
        ...["-m", "schemathesis.cli", "--config-file", WITH_DATA, "run", "--continue-on-failure"],
        ...["--max-time", String(SECONDS), "--seed", "1", "--header", `Authorization: Bearer ${user.token}`],
        `${variables.SUPABASE_URL}/functions/v1/api/v1/openapi.json`,
      ],
      { PYTHONPATH: `${root}.cache/schemathesis`, PYTHONDONTWRITEBYTECODE: "1" },
    );
  } finally {
    await rm(WITH_DATA);
  }
}

/** What no operation of the function makes, so that those that need it are reached too. */
function existing({ document, made, token, worker }) {
  return `
[[operations]]
include-operation-id = "documentEvents"
parameters = { "path.id" = "${document.id}", "query.seconds" = 0 }

[[operations]]
include-operation-id = "downloadExport"
parameters = { "path.id" = "${made.id}" }

[[operations]]
include-operation-id = "exchangeToken"
headers = { Authorization = "Bearer ${token.token}" }

[[operations]]
include-operation-id = "deliverWebhooks"
headers = { Authorization = "Bearer ${worker.token}" }
`;
}
