// @vitest-environment node
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundled } from "../../bundle.mjs";

const config = readFileSync(path.join(import.meta.dirname, "..", "shopify.extension.toml"), "utf8");
const SHOPIFYS_LIMIT = 64 * 1024; // bytes of one extension's script, compressed
const OURS = 16 * 1024;

test("the whole extension is a quarter of what Shopify allows, at most", async () => {
  const script = await bundled();
  expect(script.match(/shopify\.extend\("/g)).toHaveLength(3);
  const size = gzipSync(script).length;
  console.log(`promise-at-checkout: ${size} bytes compressed, of ${SHOPIFYS_LIMIT} allowed`);
  expect(size).toBeLessThan(OURS);
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
