// Bundles promise-at-checkout, every target in one script, as Shopify's CLI does for a deployment.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import process from "node:process";
import { build } from "esbuild";

const root = fileURLToPath(new URL("promise-at-checkout", import.meta.url));

/** The targets in the extension's configuration, each with its module. */
export async function targets() {
  const config = await readFile(path.join(root, "shopify.extension.toml"), "utf8");
  return [...config.matchAll(/^target = "(.+)"\nmodule = "(.+)"$/gm)].map(([, target = "", module = ""]) => {
    return { target, module };
  });
}

/** The script. A warning of the bundler is an error. */
export async function bundled() {
  const entry = (await targets()).map(({ target, module }, index) => {
    return `import entry${index} from "${module}"; shopify.extend("${target}", entry${index});`;
  });
  const { outputFiles, warnings } = await build({
    stdin: { contents: entry.join("\n"), resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    target: "es2020",
    format: "iife",
    logLevel: "silent",
  });
  if (warnings.length) throw new Error(warnings.map(({ text }) => text).join("\n"));
  return outputFiles[0]?.text ?? "";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = path.join(root, "dist", "promise-at-checkout.js");
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.${process.pid}`, await bundled());
  await rename(`${file}.${process.pid}`, file); // whoever serves it meanwhile never sees half of it
}
