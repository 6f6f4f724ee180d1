// After htmx took a part over: says what happened, finds the focus again, wires what is new.
// Without htmx the form leads to a whole page, which does all that by itself.
import { wire } from "./main.js";
import { say, whisper } from "./say.js";

const on = (event, work) =>
  document.addEventListener(`htmx:${event}`, ({ detail }) => work(detail.ctx));
const isTrouble = (ctx) => ctx.response.status >= 500;
let main = document.querySelector("main");
let held;
let item;
let near;
let touched;

export function enhance(place) {
  // No signal, or a shop in trouble: what was typed still stands in the page.
  const lost = () => say(place.dataset.lost, { scheme: "err" });
  on("error", lost);
  on("response:error", (ctx) => isTrouble(ctx) && lost());
  on("before:request", () => {
    main.ariaBusy = "true";
    touched = new Set();
  });
  on("finally:request", () => (main.ariaBusy = null));
  on("before:swap", () => {
    held = document.activeElement;
    item = held.closest("li[id]");
    near = [item?.nextElementSibling?.id, item?.previousElementSibling?.id];
  });
  on("after:swap", (ctx) => {
    if (isTrouble(ctx)) return;
    main = document.querySelector("main");
    wire(main);
    // A choice is what the answer says, unless it was made while the answer was on its way;
    // browsers keep their own beside a changed attribute.
    for (const one of main.querySelectorAll("[type=radio]")) {
      if (!touched.has(one.name)) one.checked = one.defaultChecked;
    }
    // What was sent has arrived; kept, a photo would go over the line again with every change.
    for (const one of main.querySelectorAll("[type=file]")) {
      if (!touched.has(one.name)) one.value = "";
    }
    tell();
    const alert = main.querySelector("[role=alert][tabindex]");
    // Whoever only left a field is not torn away from the next one.
    if (alert && ctx.sourceEvent.type !== "submit") {
      held.focus({ preventScroll: true });
      whisper(alert.textContent);
    } else if (alert) alert.focus();
    else if (item || document.activeElement === document.body) settle();
  });
  document.addEventListener("change", ({ target }) => touched?.add(target.name));
  // The second click of a double one would move the order that came up in between.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("li[id] button")) event.preventDefault();
  });
}

// A message that all went well need not push the page down; others stay where they can be reread.
function tell() {
  const flash = main.querySelector(".flash");
  const words = flash?.textContent.trim();
  if (words && !flash.querySelector(".note:not(.note--ok)")) {
    say(words);
    flash.remove();
  } else whisper(words || main.querySelector("[data-say]")?.dataset.say);
}

// The next order on the list, or the top of the page.
function settle() {
  for (const id of near) {
    const next = id && document.getElementById(id)?.querySelector("button, a");
    if (next?.getClientRects().length) return next.focus({ preventScroll: true });
  }
  const heading = main.querySelector("h1") ?? main;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
