import "@shopify/ui-extensions/preact";
import type { Api } from "@shopify/ui-extensions/customer-account.order-status.cart-line-item.render-after";
import { render } from "preact";
import { Sentences } from "./Sentences.tsx";
import { onOrder } from "./surfaces.ts";

declare const shopify: Api;

export default async () => {
  render(<OrderLine />, document.body);
};

function OrderLine() {
  const order = {
    lines: shopify.lines.value,
    metafields: shopify.appMetafields.value,
    cancelled: Boolean(shopify.order.value?.cancelledAt),
  };
  return <Sentences said={onOrder(shopify.target.value, order, Date.now())} localization={shopify.localization} />;
}
