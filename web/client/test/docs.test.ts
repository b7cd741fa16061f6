import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const workspace = fileURLToPath(new URL("../../../", import.meta.url));

interface Source {
  readonly path: string;
  readonly text: string;
}

let sources: Source[];
beforeAll(async () => {
  const names = (await readdir(join(root, "src"), { recursive: true })).filter(
    (name) => /\.tsx?$/.test(name) && name !== "database.types.ts",
  );
  sources = await Promise.all(
    names.map(async (name) => ({ path: name, text: await readFile(join(root, "src", name), "utf8") })),
  );
});

/** The TypeScript in a comment or a Markdown file. */
function examplesIn(text: string): { readonly language: string; readonly code: string }[] {
  const plain = text.replace(/^[ \t]*\* ?/gm, "");
  return [...plain.matchAll(/^```(tsx?)\n([\s\S]*?)^```/gm)].map(([, language = "ts", code = ""]) => ({
    language,
    code,
  }));
}

/** What an index exports, without types. */
function exportedBy(index: string): string[] {
  const text = sources.find(({ path }) => path === index)?.text ?? "";
  return [...text.matchAll(/export (type )?\{([^}]*)\}/g)]
    .filter(([, type]) => !type)
    .flatMap(([, , names = ""]) => names.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "));
}

/** The comment before a declaration, empty when there is none. */
function commentBefore(declaration: RegExp): string {
  for (const { text } of sources) {
    const match = declaration.exec(text);
    if (!match) continue;
    const before = text.slice(0, match.index).trimEnd();
    return before.endsWith("*/") ? before.slice(before.lastIndexOf("/**")) : "";
  }
  return "";
}

describe("the documentation", () => {
  it("has an example of every function that is exported", () => {
    const names = [...exportedBy("index.ts"), ...exportedBy("react/index.ts")].filter(
      (name) => !/^[A-Z_]+$/.test(name),
    );
    expect(names.length).toBeGreaterThan(40);
    const without = names.filter((name) => {
      const comment = commentBefore(new RegExp(`^export (async )?(function|class|const) ${name}\\b`, "m"));
      return examplesIn(comment).length === 0;
    });
    expect(without).toEqual([]);
  });

  it("says of every method what it does, and shows it in an example", () => {
    const interfaces = [
      "Account",
      "Documents",
      "Pages",
      "Zones",
      "Jobs",
      "Exports",
      "Presets",
      "SettingsStore",
      "ViewStates",
      "ApiTokens",
      "Webhooks",
      "Uploads",
      "UploadHandle",
      "ZonedClient",
    ];
    const everything = sources
      .flatMap(({ text }) => examplesIn(text))
      .map(({ code }) => code)
      .join("\n");
    const missing: string[] = [];
    for (const name of interfaces) {
      const { text } = sources.find(({ text }) =>
        new RegExp(`^export interface ${name} \\{`, "m").test(text),
      ) ?? { text: "" };
      const start = text.search(new RegExp(`^export interface ${name} \\{`, "m"));
      const body = text.slice(start, text.indexOf("\n}", start));
      const methods = [...body.matchAll(/(\*\/)?\n {2}(\w+)\(/g)];
      expect(methods.length, name).toBeGreaterThan(0);
      for (const [, comment, method] of methods) {
        if (!comment) missing.push(`${name}.${method} has no comment`);
        if (!new RegExp(`\\b${method}\\(`).test(everything))
          missing.push(`${name}.${method} is in no example`);
      }
    }
    expect(missing).toEqual([]);
  });

  it("has examples that type-check", async () => {
    const readme = { path: "README.md", text: await readFile(join(root, "README.md"), "utf8") };
    const cache = join(workspace, "node_modules/.cache");
    await mkdir(cache, { recursive: true });
    const directory = await mkdtemp(join(cache, "zoned-examples-"));
    try {
      let count = 0;
      for (const { path, text } of [...sources, readme]) {
        for (const { language, code } of examplesIn(text)) {
          count += 1;
          const name = `${path.replace(/\W/g, "_")}_${count}.${language}`;
          // Each is a module of its own, even one without imports.
          await writeFile(join(directory, name), `// ${path}\n${code}\nexport {};\n`);
        }
      }
      expect(count).toBeGreaterThan(50);
      await writeFile(
        join(directory, "tsconfig.json"),
        JSON.stringify({
          extends: "../../../web/tsconfig.base.json",
          compilerOptions: {
            noEmit: true,
            types: ["node", "react"],
            paths: {
              "@zoned/client": ["../../../web/client/src/index.ts"],
              "@zoned/client/react": ["../../../web/client/src/react/index.ts"],
            },
          },
          include: ["*.ts", "*.tsx"],
        }),
      );
      const tsc = join(workspace, "node_modules/.bin/tsc");
      const { stdout } = await promisify(execFile)(tsc, ["-p", directory]).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe("");
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
