/* A form as JSON: dotted names become objects and lists, `data-as` says what a text stands for. */
const whole = (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : text);
const READ = {
  int: (text) => (text === "" ? null : whole(text)),
  bool: (text) => text === "true",
  day: (text) => text || null,
  code: (text) => text || null,
  words: (text) => text.split(/[,\n]+/).map((word) => word.trim()).filter(Boolean),
  numbers: (text) => text.split(/[\s,;]+/).filter(Boolean).map(whole),
  days: (text) => text.split(/[\s,;]+/).filter(Boolean),
};

/** The body that a form stands for; the button that sent it may say something too, and name the only fields meant. */
export function bodyOf(form, button) {
  const body = {};
  for (const field of form.elements) {
    if (field.name && field.tagName !== "BUTTON" && isMeant(field, button)) put(body, field);
  }
  if (button?.name) body[button.name] = READ[button.dataset.as]?.(button.value) ?? button.value;
  return asLists(body);
}

/** Of what a form says, what somebody changed since the page came. The rest may have been changed elsewhere meanwhile. */
export function changesOf(form) {
  const came = form.cloneNode(true);
  came.reset();
  const before = bodyOf(came);
  const isChanged = ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]);
  return Object.fromEntries(Object.entries(bodyOf(form)).filter(isChanged));
}

/** Whether a button sends a field of its form: all of them, if it names none. */
export function isMeant(field, button) {
  return !button?.dataset.only || button.dataset.only.split(" ").includes(field.name);
}

function put(body, field) {
  const kind = field.dataset.as;
  if (kind === "ints") {
    const chosen = (body[field.name] ??= []);
    if (field.checked) chosen.push(Number(field.value));
  } else if (field.type === "radio") {
    if (field.checked) body[field.name] = field.value;
  } else if (field.type === "checkbox") {
    set(body, field.name.split("."), field.checked);
  } else {
    const text = field.value.trim();
    set(body, field.name.split("."), READ[kind] ? READ[kind](text) : text);
  }
}

function set(body, path, value) {
  const last = path.pop();
  let at = body;
  for (const part of path) at = at[part] ??= {};
  at[last] = value;
}

/** Objects whose names are 0, 1, 2 … are lists. */
function asLists(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const names = Object.keys(value);
  if (names.length && names.every((name) => /^\d+$/.test(name))) return names.map((name) => asLists(value[name]));
  for (const name of names) value[name] = asLists(value[name]);
  return value;
}
