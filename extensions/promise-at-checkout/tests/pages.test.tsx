import { getExtension } from "@shopify/ui-extensions-tester";
import { createCartLine } from "@shopify/ui-extensions-tester/checkout";
import { createCartLine as createOrderLine } from "@shopify/ui-extensions-tester/customer-account";
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LAMP, NOW, offer, promise } from "./cast.ts";

const SHOWN = [{ key: "Ships by", value: "2026-12-07" }];

/** What a shopper reads, sentence by sentence. */
function read(): string[] {
  return [...document.body.querySelectorAll("s-text")].map((text) => text.textContent ?? "");
}

/** A metafield as Shopify gives it, of whatever kind of owner. */
function ours<Type extends string>(type: Type, id: string, key: string, value: unknown) {
  const metafield = { namespace: "$app", key, value: JSON.stringify(value), valueType: "json_string" as const, type: "json" };
  return { target: { type, id }, metafield };
}

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ["Date"] }));

afterEach(() => {
  render(null, document.body); // before the page is taken down, or preact would patch what is no longer there
  vi.useRealTimers();
});

describe("a line of the checkout", () => {
  const extension = getExtension("purchase.checkout.cart-line-item.render-after");
  const lamp = createCartLine({ quantity: 38, attributes: SHOWN });
  beforeEach(() => extension.setUp());
  afterEach(() => extension.tearDown());

  test("says the day it came with, in the buyer's language", async () => {
    extension.shopify.target.value = lamp;
    extension.shopify.localization.language.value = { isoCode: "de-AT" };
    await extension.render();
    expect(read()).toEqual(["Versand bis 7. Dezember 2026"]);
    expect(document.body.querySelector("s-text")?.getAttribute("lang")).toBe("de-AT");
  });

  test("says the variant's day, and the earlier one, where more are bought than ship by then", async () => {
    extension.shopify.target.value = lamp;
    extension.shopify.appMetafields.value = [ours("variant", lamp.merchandise.id, "backorder", offer)];
    await extension.render();
    expect(read()).toEqual(["Ships by December 21, 2026", "Earlier promised: December 7, 2026"]);
  });

  test("adds nothing to the page when it is in stock", async () => {
    extension.shopify.target.value = createCartLine();
    await extension.render();
    expect(document.body.innerHTML).toBe("");
  });
});

describe("a line of the thank-you page", () => {
  const extension = getExtension("purchase.thank-you.cart-line-item.render-after");
  beforeEach(() => extension.setUp());
  afterEach(() => extension.tearDown());

  test("says the day it came with", async () => {
    extension.shopify.target.value = createCartLine({ attributes: SHOWN });
    extension.shopify.localization.language.value = { isoCode: "ja" };
    await extension.render();
    expect(read()).toEqual(["2026年12月7日までに発送します"]);
  });

  test("adds nothing to the page when it came with none", async () => {
    await extension.render();
    expect(document.body.innerHTML).toBe("");
  });
});

describe("a line of the order's page", () => {
  const extension = getExtension("customer-account.order-status.cart-line-item.render-after");
  const variant = { ...createOrderLine().merchandise, id: LAMP };
  const lamp = createOrderLine({ id: "gid://shopify/CartLine/501", merchandise: variant, quantity: 5, attributes: SHOWN });

  const order = { id: "gid://shopify/Order/1", name: "#1001" };

  beforeEach(() => {
    extension.setUp();
    extension.shopify.target.value = lamp;
    extension.shopify.lines.value = [lamp];
    extension.shopify.order.value = { ...order, cancelledAt: "" }; // the tester's order refuses to be asked otherwise
  });
  afterEach(() => extension.tearDown());

  test("says how many of it wait, the day of now, and the one of before", async () => {
    const moved = promise({ units: 2, ship_by: "2026-12-21" });
    extension.shopify.appMetafields.value = [ours("order", order.id, "backorder_promise", moved)];
    extension.shopify.localization.language.value = { isoCode: "fr" };
    await extension.render();
    expect(read()).toEqual([
      "2 articles sur 5 en attente, expédition au plus tard le 21 décembre 2026",
      "Date annoncée auparavant : 7 décembre 2026",
    ]);
  });

  test("speaks the nearest language there is", async () => {
    extension.shopify.localization.language.value = { isoCode: "nl-BE" };
    extension.shopify.localization.extensionLanguage.value = { isoCode: "nl" };
    await extension.render();
    expect(read()).toEqual(["Verzending uiterlijk 7 december 2026"]);
  });

  test("adds nothing to the page when all of it is covered, or the order was cancelled", async () => {
    const covered = promise({ units: 0, ship_by: "2026-12-07" });
    extension.shopify.appMetafields.value = [ours("order", order.id, "backorder_promise", covered)];
    await extension.render();
    expect(document.body.innerHTML).toBe("");
    extension.shopify.appMetafields.value = [];
    extension.shopify.order.value = { ...order, cancelledAt: "2026-11-19T00:00:00Z" };
    await extension.render();
    expect(document.body.innerHTML).toBe("");
  });
});
