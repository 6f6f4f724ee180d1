// After htmx took a part over: says what happened, finds the focus again, wires what is new.
// Without htmx the form leads to a whole page, which does all that by itself.
import { wire } from "./main.js";
import { say, whisper } from "./say.js";

let held;
let item;
let near = [];
let touched = new Set();

export function enhance(place) {
  const main = () => document.querySelector("main");
  document.addEventListener("change", ({ target }) => touched.add(target.name));
  document.addEventListener("htmx:before:request", () => {
    main().ariaBusy = "true";
    touched = new Set();
  });
  document.addEventListener("htmx:finally:request", () => (main().ariaBusy = null));
  document.addEventListener("htmx:before:swap", () => {
    held = document.activeElement;
    item = held.closest("li[id]");
    near = [item?.nextElementSibling, item?.previousElementSibling].map((one) => one?.id);
  });
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    wire(main());
    // A choice is what the answer says, unless it was made while the answer was on its way;
    // browsers keep their own beside a changed attribute.
    for (const one of main().querySelectorAll("[type=radio]")) {
      if (!touched.has(one.name)) one.checked = one.defaultChecked;
    }
    tell(main());
    const trouble = main().querySelector("[role=alert][tabindex]");
    // Whoever only left a field is not torn away from the next one.
    if (trouble && detail.ctx.sourceEvent.type !== "submit") {
      held.focus({ preventScroll: true });
      whisper(trouble.textContent);
    } else if (trouble) trouble.focus();
    else if (item || document.activeElement === document.body) settle(main());
  });
  // The second click of a double one would move the order that came up in between.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("li[id] button")) event.preventDefault();
  });
  // What was typed still stands in the page.
  document.addEventListener("htmx:error", () => say(place.dataset.lost, { scheme: "err" }));
}

// A message that all went well need not push the page down; others stay where they can be reread.
function tell(main) {
  const notes = [...main.querySelectorAll(".flash .note")];
  const words = notes.map((note) => note.textContent.trim()).join(" ");
  if (notes.length && notes.every((note) => note.matches(".note--ok"))) {
    say(words);
    notes[0].parentNode.remove();
  } else whisper(words || main.querySelector("[data-say]")?.dataset.say);
}

// The next order on the list, or the top of the page.
function settle(main) {
  for (const id of near) {
    const next = id && document.getElementById(id)?.querySelector("button, a");
    if (next?.getClientRects().length) return next.focus({ preventScroll: true });
  }
  const heading = main.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
