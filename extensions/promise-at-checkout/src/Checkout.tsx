import "@shopify/ui-extensions/preact";
import type { Api } from "@shopify/ui-extensions/purchase.checkout.cart-line-item.render-after";
import { render } from "preact";
import { Sentences } from "./Sentences.tsx";
import { atCheckout } from "./surfaces.ts";

declare const shopify: Api;

export default async () => {
  render(<CheckoutLine />, document.body);
};

function CheckoutLine() {
  const said = atCheckout(shopify.target.value, shopify.appMetafields.value, Date.now(), shopify.lines.value);
  return <Sentences said={said} localization={shopify.localization} />;
}
