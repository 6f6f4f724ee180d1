// Offers villages while one is typed; without it the form's answer lists them.

const REST_MS = 250;
const MIN_LETTERS = 3;

export function enhance(part) {
  const field = part.querySelector("input");
  const list = document.createElement("ul");
  let places = [];
  let at;
  let resting;
  list.id = `${field.id}-daftar`;
  list.className = "places plain";
  list.setAttribute("role", "listbox");
  list.ariaLabel = field.labels[0].textContent;
  // The field keeps the focus while somebody points.
  list.onpointerdown = () => false;
  list.onclick = ({ target }) => choose([...list.children].indexOf(target));

  // Roles anew at each showing: a field that an answer has changed knows nothing of a list.
  function show(found) {
    places = found;
    list.replaceChildren(...places.map(option));
    list.hidden = !places.length;
    part.append(list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", !list.hidden);
    mark(-1);
    list.scrollIntoView({ block: "nearest" });
  }

  function option({ label }, index) {
    const row = document.createElement("li");
    row.id = `${list.id}-${index}`;
    row.setAttribute("role", "option");
    row.textContent = label;
    return row;
  }

  function mark(index) {
    at = index;
    const rows = [...list.children];
    rows.forEach((row, one) => row.setAttribute("aria-selected", one === at));
    field.setAttribute("aria-activedescendant", rows[at]?.id ?? "");
    rows[at]?.scrollIntoView({ block: "nearest" });
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
    if (typed.length < MIN_LETTERS) return show([]);
    resting = setTimeout(async () => {
      const answer = await fetch(`${part.dataset.places}?q=${encodeURIComponent(typed)}`);
      const found = await answer.json();
      if (field.value.trim() === typed && document.activeElement === field) show(found);
    }, REST_MS);
  });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!places.length) return;
    if (step) mark((at + step + places.length + (at + step < -1)) % places.length);
    else if (event.key === "Enter" && at >= 0) choose(at);
    else if (event.key === "Escape") show([]);
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", () => places.length && show([]));
}
