import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { offenses } from "../check.mjs";

test("the block is clean", async () => {
  assert.deepEqual(await offenses("promise-block"), []);
});

test("a block with faults is not: the check above can fail", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "faulty-block-"));
  try {
    await mkdir(path.join(folder, "blocks"));
    await mkdir(path.join(folder, "locales"));
    await writeFile(path.join(folder, "locales", "en.default.json"), "{}");
    await writeFile(path.join(folder, "blocks", "faulty.liquid"), "{{ 'no.such.words' | t }}{% include 'nothing' %}");
    const found = (await offenses(folder)).join("\n");
    assert.match(found, /TranslationKeyExists/);
    assert.match(found, /AppBlockMissingSchema/);
    assert.match(found, /DeprecatedTag|AppBlockValidTags/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
