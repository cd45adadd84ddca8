// @vitest-environment node
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = path.join(import.meta.dirname, "..");
const config = readFileSync(path.join(root, "shopify.extension.toml"), "utf8");
const SHOPIFYS_LIMIT = 64 * 1024; // bytes of one extension's script, compressed
const OURS = 16 * 1024;

/** The script of the whole extension, every target in it, as Shopify's CLI bundles it for a deployment. */
async function bundled() {
  const targets = [...config.matchAll(/^target = "(.+)"\nmodule = "(.+)"$/gm)];
  expect(targets).toHaveLength(3);
  const entry = targets.map(([, target, module], index) => {
    return `import entry${index} from "${module}"; shopify.extend("${target}", (...given) => entry${index}(...given));`;
  });
  const { outputFiles, warnings } = await build({
    stdin: { contents: entry.join("\n"), resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    target: "es2020",
    format: "iife",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  expect(warnings).toEqual([]);
  return outputFiles[0]?.text ?? "";
}

test("the whole extension is a quarter of what Shopify allows, at most", async () => {
  const size = gzipSync(await bundled()).length;
  console.log(`promise-at-checkout: ${size} bytes compressed, of ${SHOPIFYS_LIMIT} allowed`);
  expect(size).toBeLessThan(OURS);
  expect(size).toBeGreaterThan(2000); // it is all in there
});

test("nothing in it speaks to a network, and none is asked for", async () => {
  const script = await bundled();
  for (const way of ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "importScripts", "sessionToken"]) {
    expect(script).not.toContain(way);
  }
  expect(script).not.toMatch(/\bimport\(|https?:\/\/(?!www\.w3\.org\/)/);
  expect(config).toMatch(/^network_access = false$/m);
  expect(config).toMatch(/^api_access = false$/m);
});
