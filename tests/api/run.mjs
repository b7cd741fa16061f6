// `make api-test`: everything that calls the API from outside, against one stand-in with a daemon at work. Arguments
// choose: names of test files, and `schemathesis`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { openProject, root } from "./project.mjs";
import { schemathesis } from "./schemathesis.mjs";

const wanted = process.argv.slice(2);
const all = (await readdir(new URL(".", import.meta.url))).filter((name) => name.endsWith(".test.mjs"));
const files = all.filter((name) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)));

async function call(program, args, env) {
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: "inherit" });
  const [code] = await once(child, "exit");
  return code === 0;
}

const project = await openProject();
let good = true;
try {
  if (files.length > 0) {
    const paths = files.map((name) => `tests/api/${name}`);
    const options = ["--test", "--test-concurrency=1", "--test-timeout=180000"];
    good = await call(process.execPath, [...options, ...paths], project.variables);
  }
  if (wanted.length === 0 || wanted.includes("schemathesis")) {
    good = (await schemathesis(project.variables, call)) && good;
  }
} finally {
  await project.close();
}
process.exitCode = good ? 0 : 1;
