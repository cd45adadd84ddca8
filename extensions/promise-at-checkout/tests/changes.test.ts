import { render } from "preact";
import { afterEach, expect, test, vi } from "vitest";
import { lamps, NOW, offer, offered } from "./cast.ts";

/** The kind of value that Shopify makes its data of: the extension brings it along, so that a change is seen. */
type Kind = new <Value>(value: Value) => { value: Value };

afterEach(() => {
  render(null, document.body);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("when the buyer changes the quantity at checkout, the day follows", async () => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  let Signal: Kind | undefined;
  const shopify: Record<string, unknown> = { setSignals: (given: Kind) => (Signal = given) };
  vi.stubGlobal("shopify", shopify);
  const { default: entry } = await import("../src/Checkout.tsx");
  if (!Signal) throw new Error("the extension brought no signals");
  const target = new Signal(lamps(1, {}));
  shopify["target"] = target;
  shopify["lines"] = new Signal([]);
  shopify["appMetafields"] = new Signal(offered(offer));
  shopify["localization"] = { language: new Signal({ isoCode: "en" }) };

  await entry();
  expect(document.body.textContent).toBe("Ships by December 7, 2026");
  target.value = lamps(38, {});
  await vi.waitFor(() => expect(document.body.textContent).toBe("Ships by December 21, 2026"));
});
