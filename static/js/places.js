// Offers villages while one is typed; without it the form's answer lists them.

const REST_MS = 250;
const LEAST = 3;

export function enhance(part) {
  const field = part.querySelector("input");
  const list = document.createElement("ul");
  let places = [];
  let at = -1;
  let resting;
  list.className = "places plain";
  list.id = `${field.id}-daftar`;
  list.setAttribute("role", "listbox");

  // Roles anew at each showing: a field that an answer has changed knows nothing of a list.
  function show(found) {
    places = found;
    list.replaceChildren(...places.map(option));
    list.ariaLabel = field.labels[0].textContent;
    list.hidden = !places.length;
    part.append(list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", !list.hidden);
    mark(-1);
    list.scrollIntoView({ block: "nearest" });
  }

  function option({ label }, index) {
    const row = document.createElement("li");
    row.id = `${list.id}-${index}`;
    row.setAttribute("role", "option");
    row.textContent = label;
    // The field keeps the focus while somebody points.
    row.onpointerdown = () => false;
    row.onclick = () => choose(index);
    return row;
  }

  function mark(index) {
    at = index;
    [...list.children].forEach((row, one) => row.setAttribute("aria-selected", one === at));
    field.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    const { code, label } = places[index];
    show([]);
    field.value = label;
    keep("desa", code);
    keep("kel-untuk", label);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // What an earlier answer said is about another text.
  function keep(name, value) {
    for (const old of field.form.querySelectorAll(`[name="${name}"]`)) old.disabled = true;
    part.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }

  field.addEventListener("input", () => {
    const typed = field.value.trim();
    clearTimeout(resting);
    if (typed.length < LEAST) return show([]);
    resting = setTimeout(async () => {
      const answer = await fetch(`${part.dataset.places}?q=${encodeURIComponent(typed)}`);
      const found = await answer.json();
      if (field.value.trim() === typed && document.activeElement === field) show(found);
    }, REST_MS);
  });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!places.length) return;
    if (step) mark((Math.max(at, step < 0 ? 0 : -1) + step + places.length) % places.length);
    else if (event.key === "Enter" && at >= 0) choose(at);
    else if (event.key === "Escape") show([]);
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", () => places.length && show([]));
}
