// Takes the main part of another page of the shop into this one.
import { wire } from "./main.js";
import { whisper } from "./say.js";

// The drawings of the new part and the count in the header come along.
const ALONG = ["#gambar", "#tas"];
let newest;
let last = Promise.resolve();

// What is still on its way is out of date: another call follows.
export function outdate() {
  newest = {};
}

// Resolves with the address that answered, or with nothing when a later call overtook this one.
export function swap(address, options) {
  const mine = (newest = {});
  document.querySelector("main").ariaBusy = "true";
  // One after the other: two counts on their way at once could arrive in the wrong order.
  const done = last.then(() => mine === newest && fetch(address, options)).then(async (answer) => {
    const text = answer && (await answer.text());
    return mine === newest ? take(answer, text) : undefined;
  });
  last = done.catch(() => {});
  return done;
}

function take(answer, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector("main");
  if (!fresh || (!answer.ok && answer.status !== 422)) throw new Error(answer.status);
  const held = mark(document.activeElement);
  document.title = page.title;
  for (const part of ALONG) {
    document.querySelector(part)?.replaceWith(page.querySelector(part) ?? "");
  }
  document.querySelector("main").replaceWith(fresh);
  wire(fresh);
  const trouble = fresh.querySelector("[role=alert][tabindex]");
  if (trouble) trouble.focus();
  else if (held) fresh.querySelector(held)?.focus({ preventScroll: true });
  whisper(fresh.querySelector("[data-say]")?.dataset.say);
  return answer.url;
}

// How to find again what has the focus.
function mark(node) {
  if (!document.querySelector("main").contains(node)) return;
  if (node.id) return `#${CSS.escape(node.id)}`;
  return node.name && `[name="${CSS.escape(node.name)}"][value="${CSS.escape(node.value)}"]`;
}
