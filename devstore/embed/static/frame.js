/* The admin's side of the frame: answers the app inside, and nobody else. */
(() => {
  const frame = document.querySelector("iframe[data-app]");
  const app = new URL(frame.src).origin;
  const { admin, apps } = frame.dataset;
  const toast = document.querySelector("[data-toast]");
  let hiding;

  const acts = {
    async idToken() {
      const answer = await fetch(`${admin}/_id_token`, { cache: "no-store" });
      if (!answer.ok) throw new Error(`no session token: ${answer.status}`);
      return (await answer.json()).token;
    },

    toast({ message, isError, duration = 5000 }) {
      clearTimeout(hiding);
      toast.textContent = String(message);
      toast.classList.toggle("is-error", Boolean(isError));
      hiding = setTimeout(() => (toast.textContent = ""), duration);
    },

    loading(on) {
      frame.toggleAttribute("aria-busy", on);
    },

    arrived({ path, title, menu }) {
      if (String(path).startsWith("/")) history.replaceState(null, "", apps + (path === "/" ? "" : path));
      if (title) document.title = title;
      show(menu ?? []);
    },

    /** Only places this back office has; others are left alone. */
    navigate(intent) {
      const place = /^shopify:admin\/((?:products|orders)(?:\/\d+)?)\/?$/.exec(String(intent));
      if (place) window.location.assign(`${admin}/${place[1]}`);
    },
  };

  function show(links) {
    const list = document.querySelector("[data-app-menu]");
    list.replaceChildren(
      ...links
        .filter(({ href }) => String(href).startsWith("/"))
        .map(({ label, href }) => {
          const link = Object.assign(document.createElement("a"), { textContent: label, href: apps + href });
          if (apps + href === window.location.pathname) link.setAttribute("aria-current", "page");
          const item = document.createElement("li");
          item.append(link);
          return item;
        }),
    );
  }

  window.addEventListener("message", async ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== app || data?.bridge !== 1 || !Object.hasOwn(acts, data.kind)) return;
    const reply = { bridge: 1, id: data.id };
    try {
      reply.answer = await acts[data.kind](data.detail);
    } catch (error) {
      reply.error = error.message;
    }
    source.postMessage(reply, app);
  });
})();
