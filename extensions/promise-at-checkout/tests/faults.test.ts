// @vitest-environment node
import { readFileSync } from "node:fs";
import path from "node:path";
import { getExtension } from "@shopify/ui-extensions-tester";
import ts from "typescript";
import { expect, test } from "vitest";
import { targets } from "../../bundle.mjs";

const root = path.join(import.meta.dirname, "..");

/** What the type check finds when files say something else than they do. */
function typeErrors(faults: Readonly<Record<string, readonly [was: string, is: string]>>): string {
  const changed = new Map<string, string>();
  for (const [file, [was, is]] of Object.entries(faults)) {
    const text = readFileSync(path.join(root, file), "utf8");
    expect(text).toContain(was);
    changed.set(path.join(root, file), text.replace(was, is));
  }
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (name) => changed.get(path.resolve(name)) ?? read(name);
  const sources = fileNames.filter((name) => name.includes("/src/"));
  const found = ts.getPreEmitDiagnostics(ts.createProgram(sources, options, host));
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")).join("\n");
}

test("the type check finds a wrong target, data that a page does not have, a look that there is not", { timeout: 60_000 }, () => {
  const found = typeErrors({
    "src/Checkout.tsx": ["purchase.checkout.cart-line-item.render-after", "purchase.checkout.cart-line-item.render-below"],
    "src/ThankYou.tsx": ["shopify.target.value", "shopify.order.value"],
    "src/Sentences.tsx": ['color="subdued"', 'color="sudbued"'],
  });
  expect(found).toMatch(/Cannot find module '.*cart-line-item\.render-below'/);
  expect(found).toMatch(/Property 'order' does not exist/);
  expect(found).toMatch(/"sudbued"' is not assignable/);
});

test("a target that stands otherwise in the configuration is found by Shopify's tester", () => {
  expect(() => getExtension("purchase.checkout.cart-line-list.render-after")).toThrow(/Could not find target/);
});

test("each entry has the types of the target that the configuration gives it", async () => {
  const entries = await targets();
  expect(entries).toHaveLength(3);
  for (const { target, module } of entries) {
    const source = readFileSync(path.join(root, module), "utf8");
    expect(source).toContain(`import type { Api } from "@shopify/ui-extensions/${target}";`);
  }
});
