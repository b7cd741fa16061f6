import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const modules = fileURLToPath(new URL("../../../node_modules/", import.meta.url));
const run = promisify(execFile);

it("is built to modules that Node.js and type checkers read without a bundler", async () => {
  await mkdir(join(modules, ".cache"), { recursive: true });
  const out = await mkdtemp(join(modules, ".cache", "zoned-package-"));
  try {
    await run(join(modules, ".bin/tsc"), ["-p", join(root, "tsconfig.build.json"), "--outDir", out]);
    const script = `
      const client = await import(${JSON.stringify(join(out, "index.js"))});
      const react = await import(${JSON.stringify(join(out, "react/index.js"))});
      console.log(typeof client.createZonedClient, typeof react.useDocuments, client.ZONE_KINDS.length > 10);`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script]);
    expect(stdout.trim()).toBe("function function true");
    const check = [
      join(out, "index.d.ts"),
      join(out, "react/index.d.ts"),
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--jsx",
      "react-jsx",
      "--skipLibCheck",
      "false",
      "--types",
      "node",
      "--lib",
      "es2023,dom,dom.iterable",
      "--ignoreConfig",
    ];
    const { stdout: complaints } = await run(join(modules, ".bin/tsc"), check, { cwd: root }).catch(
      (error: { stdout: string }) => error,
    );
    // Declarations of others are theirs to mend.
    expect(complaints.split("\n").filter((line) => line.includes("zoned-package-"))).toEqual([]);
  } finally {
    await rm(out, { recursive: true });
  }
});

it("leaves out what an application does not use", async () => {
  const contents = `export { isZonedError } from ${JSON.stringify(join(root, "src/index.ts"))};`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    // What package.json says of the built files holds for the sources too.
    plugins: [
      {
        name: "side-effects",
        setup(plugins) {
          plugins.onResolve({ filter: /^\./ }, async ({ path, ...args }) => {
            if (args.pluginData === "resolved") return undefined;
            const { resolveDir, kind, importer } = args;
            const found = await plugins.resolve(path, { resolveDir, kind, importer, pluginData: "resolved" });
            return { ...found, sideEffects: false };
          });
        },
      },
    ],
  });
  expect(outputFiles[0]?.contents.length).toBeLessThan(2000);
});
