// Runs theme-check over a theme app extension and fails on every offense, of whatever severity.
import { fileURLToPath } from "node:url";
import path from "node:path";
import process from "node:process";
import { check } from "@shopify/theme-check-node";

const here = path.dirname(fileURLToPath(import.meta.url));

/** The offenses in one extension folder, as `file:line check: message`. */
export async function offenses(folder) {
  const root = path.resolve(here, folder);
  const found = await check(root, path.join(here, "theme-check.yml"));
  return found.map(({ uri, start, check: name, message }) => {
    return `${path.relative(here, fileURLToPath(uri))}:${start.line + 1} ${name}: ${message}`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await offenses(process.argv[2]);
  for (const line of found) console.error(line);
  console.log(`theme-check: ${found.length} offenses in ${process.argv[2]}`);
  process.exitCode = found.length ? 1 : 0;
}
