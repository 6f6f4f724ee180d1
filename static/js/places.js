// Offers villages while one is typed; without it the form's answer lists them.

const REST_MS = 250;
const LEAST = 3;

export function enhance(part) {
  const field = part.querySelector("input");
  const list = document.createElement("ul");
  list.className = "places plain";
  list.id = `${field.id}-daftar`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  let at = -1;
  let resting;
  let asked;

  // Again at each showing: a part that was swapped in knows nothing of a list.
  function show(places) {
    at = -1;
    list.replaceChildren(...places.map(option));
    list.ariaLabel = field.labels[0].textContent;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", places.length > 0);
    field.removeAttribute("aria-activedescendant");
    part.append(list);
    list.hidden = !places.length;
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
  }

  function option(place, index) {
    const row = document.createElement("li");
    row.id = `${list.id}-${index}`;
    row.setAttribute("role", "option");
    row.textContent = place.label;
    // The field keeps the focus while somebody points.
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => choose(place));
    row.place = place;
    return row;
  }

  function move(step) {
    const rows = list.children;
    rows[at]?.setAttribute("aria-selected", "false");
    at = (at + step + rows.length + (at < 0 && step < 0 ? 1 : 0)) % rows.length;
    rows[at].setAttribute("aria-selected", "true");
    rows[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", rows[at].id);
  }

  function choose({ code, label }) {
    show([]);
    field.value = label;
    keep("desa", code);
    keep("kel-untuk", label);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Radios of an earlier answer speak of another text.
  function keep(name, value) {
    for (const old of field.form.querySelectorAll(`[name="${name}"]`)) old.disabled = true;
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name, value });
    part.append(hidden);
  }

  field.addEventListener("input", () => {
    clearTimeout(resting);
    const typed = field.value.trim();
    asked = typed;
    if (typed.length < LEAST) return show([]);
    resting = setTimeout(async () => {
      const answer = await fetch(`${part.dataset.places}?q=${encodeURIComponent(typed)}`);
      if (answer.ok && asked === typed) show(await answer.json());
    }, REST_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && at >= 0) choose(list.children[at].place);
    else if (event.key === "Escape") show([]);
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", () => {
    asked = "";
    if (!list.hidden) show([]);
  });
}
