import { items, named, parsed } from "./json.ts";

/**
 * The app's own metafield `key` of one owner, read; null where it is missing or cannot be read. Without `id` any owner
 * of the kind will do: a page shows one order.
 */
export function metafield(entries: unknown, type: "variant" | "order", key: string, id?: string): unknown {
  for (const entry of items(entries).map(named)) {
    const owner = named(entry?.["target"]);
    const field = named(entry?.["metafield"]);
    const ours = field?.["namespace"] === "$app" && field["key"] === key;
    if (ours && owner?.["type"] === type && (id === undefined || owner["id"] === id)) return parsed(field["value"]);
  }
  return null;
}
