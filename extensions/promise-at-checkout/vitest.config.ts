import { defineConfig } from "vitest/config";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    // the tester imports the extension's .tsx itself: it must go through the same transformation
    server: { deps: { inline: [/ui-extensions-tester/] } },
  },
});
