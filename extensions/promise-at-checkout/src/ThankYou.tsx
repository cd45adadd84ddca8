import "@shopify/ui-extensions/preact";
import type { Api } from "@shopify/ui-extensions/purchase.thank-you.cart-line-item.render-after";
import { render } from "preact";
import { Sentences } from "./Sentences.tsx";
import { onThankYou } from "./surfaces.ts";

declare const shopify: Api;

export default async () => {
  render(<ThankYouLine />, document.body);
};

function ThankYouLine() {
  const said = onThankYou(shopify.target.value, Date.now(), shopify.lines.value);
  return <Sentences said={said} localization={shopify.localization} />;
}
