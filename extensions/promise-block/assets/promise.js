/* Keeps the ship date in step with the variant and the quantity chosen, on product pages and in quick-add forms. */
(() => {
  if (customElements.get("promised-ship-date")) return; // the block may stand on a page twice, and the embed beside it

  const BUYS = 'form[action*="/cart/add"]';
  // themes differ in how they switch a variant: by the form, the address, an event of their own
  const EVENTS = ["change", "input", "click", "visibilitychange", "variant:change", "variant:changed", "variantChange"];
  const taken = new WeakSet(); // forms that a block on the page speaks for

  class Promised extends HTMLElement {
    /**
     * What a promise says to someone who wants `units` at the instant `now` (milliseconds).
     * `word` names the sentence, null is silence; `promised` tells whether it holds for all the units.
     */
    static reading(promise, units, now) {
      const silent = { word: null, promised: false };
      if (!promise || promise.v !== 1 || !(now < Date.parse(promise.valid_until))) return silent;
      if (promise.state === "asap") return { word: promise.sent_directly ? "directly" : "asap", promised: true };
      if (promise.state !== "backorder" && !(units > promise.free)) return silent; // what is free ships at once
      return Promised.step(promise, units) ?? silent;
    }

    /** The step in which the last unit falls: they ship together. Without steps one day serves any number. */
    static step({ steps, free, ...any }, units) {
      if (!steps?.length) return any.ship_by ? Promised.range(any) : null;
      let reached = free ?? 0;
      for (const step of steps) {
        reached += step.units;
        if (units <= reached) return Promised.range(step);
      }
      return { ...Promised.range(steps.at(-1)), word: "at_most", units: reached, promised: false };
    }

    /** A range is promised by its last day. */
    static range({ range_from: from, ship_by: date }) {
      return from ? { word: "between", from, date, promised: true } : { word: "by", date, promised: true };
    }

    /** A calendar day in words. It is no instant: noon in UTC keeps every time zone from moving it. */
    static day(date, locale) {
      const format = new Intl.DateTimeFormat(locale || undefined, { dateStyle: "long", timeZone: "UTC" });
      return format.format(new Date(`${date}T12:00:00Z`));
    }

    /** A day, or a range of days, put into a text. */
    static fill(text, { from, date }, locale) {
      const [first, last] = [from, date].map((day) => (day ? Promised.day(day, locale) : ""));
      return text.replace("[from]", first).replace("[date]", last);
    }

    /** The day, or the range of days, as it stands where a day can stand. */
    static days(reading, words, locale) {
      return Promised.fill(reading.from ? words.days : "[date]", reading, locale);
    }

    static sentence(reading, words, locale) {
      if (!reading.word) return "";
      const text = words[reading.word].replace("[units]", reading.units);
      if (reading.word === "between") return Promised.fill(text, reading, locale);
      return text.replace("[date]", Promised.days(reading, words, locale));
    }

    /** How it ships with other goods. */
    static company({ promised, date }, { mixed }, words, locale) {
      if (!promised || !mixed) return "";
      if (mixed === "ask") return ` ${words.ask}`;
      return ` ${date ? Promised.fill(words.together, { date }, locale) : words.together_soon}`;
    }

    /** How many one order or customer may have. The store takes any number all the same. */
    static limit(promise, words) {
      const said = (of) => (promise?.[of] ? ` ${words[of].replace("[units]", promise[of])}` : "");
      return said("per_order") + said("per_customer");
    }

    /** What goes into the cart: the day for people, the day for us, and the token that proves it. */
    static properties(reading, promise, words, locale) {
      if (!reading.promised) return { day: "", iso: "", token: "" };
      const { date } = reading;
      const day = date ? Promised.days(reading, words, locale) : words[reading.word === "asap" ? "soon" : "sent"];
      return { day, iso: date ?? "", token: promise.token ?? "" };
    }

    connectedCallback() {
      Object.assign(this, JSON.parse(this.querySelector("[data-promises]").textContent));
      this.leave = new AbortController();
      const listen = (target, event) =>
        target?.addEventListener(event, () => this.later(), { signal: this.leave.signal });
      for (const event of EVENTS) listen(document, event);
      listen(window, "popstate");
      listen(window.navigation, "currententrychange");
      this.watch = new MutationObserver(() => this.later());
      this.begin();
      this.show();
    }

    disconnectedCallback() {
      this.leave.abort();
      this.watch.disconnect();
    }

    /** After the theme's own handlers have run. */
    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.isConnected && this.show(), 0);
    }

    field(form, name) {
      return form ? new FormData(form).get(name) : null;
    }

    /** Say it in `line` and in the hidden `inputs`; only what changed is touched: the line is a live region. */
    speak(form, variant, line, inputs) {
      const promise = this.promises[variant];
      const units = Math.max(1, Number.parseInt(this.field(form, "quantity"), 10) || 1);
      const reading = Promised.reading(promise, units, Date.now());
      const words = this.words;
      const locale = this.dataset.locale;
      const said = Promised.sentence(reading, words, locale);
      const text = said && said + Promised.company(reading, promise, words, locale) + Promised.limit(promise, words);
      if (line.textContent !== text) line.textContent = text;
      const sent = Promised.properties(reading, promise, words, locale);
      const name = `properties[${this.names[reading.from || reading.word === "directly" ? "between" : "day"]}]`;
      if (inputs.day.name !== name) inputs.day.name = name;
      for (const [name, input] of Object.entries(inputs)) {
        if (input.value !== sent[name]) input.value = sent[name];
        if (input.disabled !== !sent[name]) input.disabled = !sent[name];
      }
    }
  }

  /** The block on a product page. */
  class PromisedShipDate extends Promised {
    begin() {
      this.seen = { form: undefined, address: undefined };
      this.variant = this.dataset.variant;
      this.inputs = {};
      for (const input of this.querySelectorAll("[data-sends]")) this.inputs[input.dataset.sends] = input;
    }

    show() {
      const form = this.form();
      if (form && !taken.has(form)) {
        taken.add(form);
        // a theme may write the variant into its hidden input without an event
        this.watch.observe(form, { subtree: true, attributes: true, attributeFilter: ["value"] });
        // by attribute: `form.id` is the form's own input named "id"
        if (!form.getAttribute("id")) form.setAttribute("id", "promised-product-form");
        for (const input of Object.values(this.inputs)) input.setAttribute("form", form.getAttribute("id"));
      }
      const variant = this.chosen(form);
      this.speak(form, variant, this.querySelector(".promised__line"), this.inputs);
      for (const instead of this.querySelectorAll("[data-of]")) instead.hidden = instead.dataset.of !== variant;
    }

    /** The form that puts the product into the cart; the one with a button, where a theme has several. */
    form() {
      const near = this.closest(".shopify-section, section, main") ?? document;
      const forms = [...near.querySelectorAll(BUYS)];
      return this.closest("form") ?? forms.find((form) => form.querySelector('[type="submit"]')) ?? forms[0];
    }

    /** Form and address may disagree while a theme is at work: whichever changed last is what was chosen. */
    chosen(form) {
      const now = {
        address: new URLSearchParams(window.location.search).get("variant"),
        form: this.field(form, "id") ?? form?.querySelector('[name="id"]')?.value,
      };
      for (const where of ["address", "form"]) {
        if (now[where] && now[where] !== this.seen[where]) this.variant = now[where];
      }
      this.seen = now;
      return this.variant;
    }
  }

  /** The app embed: speaks in every form that puts something on backorder into the cart and has no block of its own. */
  class PromisedQuickAdd extends Promised {
    begin() {
      this.made = new WeakMap();
      // cards come and go: filters, pages that load on, quick-add windows
      this.watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ["value"] });
    }

    show() {
      for (const form of document.querySelectorAll(BUYS)) {
        const variant = this.field(form, "id") ?? form.querySelector('[name="id"]')?.value;
        if (taken.has(form) || !(this.made.has(form) || this.promises[variant])) continue;
        if (!this.made.has(form)) this.made.set(form, this.make(form));
        const { line, inputs } = this.made.get(form);
        this.speak(form, variant, line, inputs);
      }
    }

    make(form) {
      const line = document.createElement("p");
      line.className = "promised__line promised__line--card";
      line.setAttribute("style", this.getAttribute("style") ?? "");
      line.setAttribute("aria-live", "polite");
      Object.assign(line, { lang: this.dataset.locale, dir: "auto" });
      const inputs = {};
      for (const [sends, name] of Object.entries(this.names)) {
        if (sends === "between") continue; // another name of the day
        const input = Object.assign(document.createElement("input"), { type: "hidden", name: `properties[${name}]` });
        inputs[sends] = input;
        form.append(input);
      }
      form.prepend(line);
      return { line, inputs };
    }
  }

  customElements.define("promised-ship-date", PromisedShipDate);
  customElements.define("promised-quick-add", PromisedQuickAdd);
})();
