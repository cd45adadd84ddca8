/*
 * Runs the app's UI extension under each line of an order, as Shopify's order page would: the extension's own script
 * draws into a document of its own, and what it draws there is copied into the page, element by element.
 */
(() => {
  const { script, target, now, language, extensionLanguages, order, lines, appMetafields } = JSON.parse(
    document.querySelector("[data-line-extension]").textContent,
  );
  const base = language.split("-")[0];

  const TAGS = { "S-STACK": "div", "S-TEXT": "p" };

  /** What Shopify's components look like here. One that is not known is an error, and seen. */
  function copied(node) {
    if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
    const tag = TAGS[node.tagName];
    if (!tag) throw new Error(`The order's page does not know <${node.localName}>.`);
    const element = document.createElement(tag);
    if (node.getAttribute("color") === "subdued") element.className = "soft";
    if (node.lang) element.lang = node.lang;
    element.append(...[...node.childNodes].map(copied));
    return element;
  }

  /** The `shopify` of one line. Values do not change while the page is open. */
  function shopify(line, run) {
    const value = (it) => ({ value: it, subscribe: () => () => {} });
    return {
      extend: (name, entry) => name === target && run(entry),
      setSignals() {},
      target: value(line),
      lines: value(lines),
      order: value(order),
      appMetafields: value(appMetafields),
      localization: {
        language: value({ isoCode: language }),
        extensionLanguage: value({ isoCode: extensionLanguages.includes(base) ? base : "en" }),
      },
    };
  }

  function show(place, line) {
    const frame = document.createElement("iframe");
    frame.hidden = true;
    document.body.append(frame);
    const { contentWindow: inside, contentDocument: drawn } = frame;
    const mirror = () => place.replaceChildren(...[...drawn.body.childNodes].map(copied));
    new MutationObserver(mirror).observe(drawn.body, { subtree: true, childList: true, characterData: true });
    inside.Date.now = () => now; // the store's clock
    inside.shopify = shopify(line, (entry) => entry());
    const element = drawn.createElement("script");
    element.src = script;
    drawn.head.append(element);
  }

  for (const place of document.querySelectorAll("[data-line]")) show(place, lines[Number(place.dataset.line)]);
})();
