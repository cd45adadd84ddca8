/*
 * Stands in for App Bridge where an app runs inside this store's back office: session tokens, signed fetch,
 * toasts, navigation and the app's menu. Everything is asked of the frame's parent, which answers only this app.
 */
(() => {
  const admin = new URL(document.currentScript.src).origin;
  const query = new URLSearchParams(window.location.search);
  const embedded = window.parent !== window;
  const LAUNCH = ["embedded", "hmac", "host", "id_token", "locale", "session", "shop", "timestamp", "shopify-reload"];
  const PATIENCE = 10_000;
  const waiting = new Map();
  let asked = 0;

  /** Ask the parent. Rejects when the page is not embedded, or nobody answers. */
  function ask(kind, detail) {
    if (!embedded) return Promise.reject(new Error("This page is not inside the admin."));
    const id = ++asked;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle({ id, error: `the admin did not answer to ${kind}` }), PATIENCE);
      waiting.set(id, { resolve, reject, timer });
      window.parent.postMessage({ bridge: 1, id, kind, detail }, admin);
    });
  }

  function settle({ id, answer, error }) {
    const one = waiting.get(id);
    if (!one) return;
    waiting.delete(id);
    clearTimeout(one.timer);
    if (error) one.reject(new Error(error));
    else one.resolve(answer);
  }

  window.addEventListener("message", (event) => {
    if (event.source === window.parent && event.origin === admin && event.data?.bridge === 1) settle(event.data);
  });

  /** Tell the parent, who may not care. */
  const tell = (kind, detail) => void ask(kind, detail).catch(() => {});
  const idToken = () => ask("idToken");

  const plainFetch = window.fetch.bind(window);

  async function signed(request) {
    const carried = new Request(request);
    carried.headers.set("Authorization", `Bearer ${await idToken()}`);
    return carried;
  }

  /** Requests to the app itself carry a token; one that the app calls invalid is replaced, once. */
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    const foreign = new URL(request.url).origin !== window.location.origin;
    if (!embedded || foreign || request.headers.has("Authorization")) return plainFetch(request);
    const answer = await plainFetch(await signed(request.clone()));
    const again = answer.status === 401 && answer.headers.has("X-Shopify-Retry-Invalid-Session-Request");
    return again ? plainFetch(await signed(request)) : answer;
  };

  /** The bounce page: back to where the visitor wanted to go, with a fresh token. Never to another site. */
  async function reload(wanted) {
    const target = new URL(wanted, window.location.origin);
    if (target.origin !== window.location.origin) return;
    target.searchParams.set("id_token", await idToken());
    window.location.replace(target);
  }

  function path() {
    for (const name of LAUNCH) query.delete(name);
    return window.location.pathname + (query.size ? `?${query}` : "");
  }

  function menu() {
    const nav = document.querySelector("s-app-nav, ui-nav-menu");
    if (!nav) return [];
    nav.hidden = true;
    nav.style.display = "none";
    const links = [...nav.querySelectorAll("a, s-link")].filter((link) => link.getAttribute("rel") !== "home");
    return links.map((link) => ({ label: link.textContent.trim(), href: link.getAttribute("href") }));
  }

  function intent(event) {
    const link = event.target.closest?.('[href^="shopify:admin/"]');
    if (!link) return;
    event.preventDefault();
    tell("navigate", link.getAttribute("href"));
  }

  window.shopify = Object.freeze({
    config: Object.freeze({
      apiKey: document.querySelector('meta[name="shopify-api-key"]')?.content,
      host: query.get("host"),
      locale: query.get("locale") ?? "en",
      shop: query.get("shop"),
    }),
    environment: Object.freeze({ embedded, mobile: false, pos: false }),
    idToken,
    toast: Object.freeze({
      show: (message, { isError = false, duration = 5000 } = {}) => tell("toast", { message, isError, duration }),
      hide: () => tell("toast", { message: "" }),
    }),
    loading: (on = true) => tell("loading", Boolean(on)),
    saveBar: Object.freeze({ show: async () => {}, hide: async () => {}, toggle: async () => {} }),
  });

  if (!embedded) return;
  if (query.has("shopify-reload")) {
    reload(query.get("shopify-reload")).catch((error) => console.error(error));
    return;
  }
  const ready = () => {
    tell("arrived", { path: path(), title: document.title, menu: menu() });
    document.addEventListener("click", intent, { capture: true });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();
