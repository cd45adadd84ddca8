import assert from "node:assert/strict";
import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
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

const faults = {
  "a sentence that no language has": ["blocks/promise.liquid", "'ship_date.by'", "'ship_date.bye'", /TranslationKeyExists/],
  "a snippet that is not there": ["blocks/promise.liquid", "'promise-facts'", "'promise-facta'", /MissingTemplate/],
  "a schema that is no JSON": ["blocks/promise-quick-add.liquid", '"target": "body",', '"target": "body"', /JSON|Schema/],
  "a tag that is never closed": ["snippets/promise-live.liquid", "{%- enddoc -%}", "", /SyntaxError/],
  "a language that lacks a sentence": ["locales/fr.json", '"soon"', '"sone"', /MatchingTranslations/],
};

for (const [name, [file, sound, faulty, check]] of Object.entries(faults)) {
  test(`a fault planted in our own block is found: ${name}`, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "planted-fault-"));
    try {
      await cp(path.join(import.meta.dirname, "..", "promise-block"), folder, { recursive: true });
      const text = await readFile(path.join(folder, file), "utf8");
      assert.ok(text.includes(sound));
      await writeFile(path.join(folder, file), text.replace(sound, faulty));
      assert.match((await offenses(folder)).join("\n"), check);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
