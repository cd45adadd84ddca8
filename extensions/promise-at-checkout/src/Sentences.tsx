import type { Said } from "./said.ts";
import { sentence, spoken } from "./words.ts";

/** As much of Shopify's localization as we look at: it differs from page to page. */
interface Localization {
  language?: { value?: { isoCode?: string } };
  extensionLanguage?: { value?: { isoCode?: string } };
}

/** What is said under a line, the first sentence first; nothing where there is nothing to say. */
export function Sentences({ said, localization }: { said: readonly Said[]; localization: Localization }) {
  const [first, ...more] = said;
  if (!first) return null;
  const language = spoken(localization.language?.value?.isoCode, localization.extensionLanguage?.value?.isoCode);
  return (
    <s-stack gap="none">
      <s-text lang={language} dir="auto">{sentence(first, language)}</s-text>
      {more.map((one) => (
        <s-text key={one.word} type="small" color="subdued" lang={language} dir="auto">
          {sentence(one, language)}
        </s-text>
      ))}
    </s-stack>
  );
}
