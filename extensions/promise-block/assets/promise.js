/* Keeps the ship date in step with the variant and the quantity that the shopper chose. */
(() => {
  if (customElements.get("promised-ship-date")) return; // the block may stand on a page twice

  class PromisedShipDate extends HTMLElement {
    /**
     * What a promise says to someone who wants `units` at the instant `now` (milliseconds).
     * `word` names the sentence, null is silence; `promised` tells whether `date` was given for all the units.
     */
    static reading(promise, units, now) {
      const silent = { word: null, promised: false };
      if (!promise || promise.v !== 1 || !(now < Date.parse(promise.valid_until))) return silent;
      if (promise.state === "asap") return { word: "asap", promised: false };
      if (promise.state !== "backorder") return silent;
      return PromisedShipDate.step(promise, units) ?? silent;
    }

    /** The step in which the last of the units falls: they ship together. Without steps one day serves any number. */
    static step({ steps, ship_by: date }, units) {
      if (!steps?.length) return date ? { word: "by", date, promised: true } : null;
      let reached = 0;
      for (const step of steps) {
        reached += step.units;
        if (units <= reached) return PromisedShipDate.range(step);
      }
      return { word: "at_most", date: steps.at(-1).ship_by, units: reached, promised: false };
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

    static sentence({ word, from, date, units }, words, locale) {
      if (!word) return "";
      const [first, last] = [from, date].map((day) => (day ? PromisedShipDate.day(day, locale) : ""));
      return words[word].replace("[units]", units).replace("[from]", first).replace("[date]", last);
    }

    connectedCallback() {
      const facts = JSON.parse(this.querySelector("[data-promises]").textContent);
      this.promises = facts.promises;
      this.words = facts.words;
      this.seen = { form: undefined, address: undefined };
      this.variant = this.dataset.variant;
      this.leave = new AbortController();
      const listen = (target, event) =>
        target?.addEventListener(event, () => this.later(), { signal: this.leave.signal });
      // themes differ in how they switch a variant: a change of the form, of the address, or both
      for (const event of ["change", "input", "click", "visibilitychange"]) listen(document, event);
      listen(window, "popstate");
      listen(window.navigation, "currententrychange");
      this.show();
    }

    disconnectedCallback() {
      this.leave.abort();
    }

    /** After the theme's own handlers have run. */
    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.isConnected && this.show(), 0);
    }

    show() {
      const form = this.form();
      const variant = this.chosen(form);
      const units = Math.max(1, Number.parseInt(this.field(form, "quantity"), 10) || 1);
      const reading = PromisedShipDate.reading(this.promises[variant], units, Date.now());
      this.say(PromisedShipDate.sentence(reading, this.words, this.dataset.locale));
      this.bind(form, reading);
    }

    /** The form that puts the product into the cart; the one with a button, where a theme has several. */
    form() {
      const near = this.closest(".shopify-section, section, main") ?? document;
      const forms = [...near.querySelectorAll('form[action*="/cart/add"]')];
      return this.closest("form") ?? forms.find((form) => form.querySelector('[type="submit"]')) ?? forms[0];
    }

    field(form, name) {
      return form ? new FormData(form).get(name) : null;
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

    /** Only what changed is said: the line is a live region. */
    say(text) {
      const line = this.querySelector(".promised__line");
      if (line.textContent !== text) line.textContent = text;
    }

    /** The line item property goes with the form, and only when a date was promised for all the units. */
    bind(form, { date, promised }) {
      const property = this.querySelector('[name="properties[Ships by]"]');
      if (form) {
        // by attribute: `form.id` is the form's own input named "id"
        if (!form.getAttribute("id")) form.setAttribute("id", "promised-product-form");
        property.setAttribute("form", form.getAttribute("id"));
      }
      property.disabled = !promised;
      property.value = promised ? date : "";
    }
  }

  customElements.define("promised-ship-date", PromisedShipDate);
})();
