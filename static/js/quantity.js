// Counts up and down at once, and says "change" when the fingers rest; what follows is the form's.
// Without it the buttons in a cart are submits, and beside a single field there are none.

const REST_MS = 500;

export function enhance(part) {
  const field = part.querySelector("input");
  const tell = (what) => field.dispatchEvent(new Event(what, { bubbles: true }));
  let resting;
  for (const button of part.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", (event) => {
      const next = Number(field.value) + Number(button.dataset.step);
      if (!Number.isInteger(next)) return;
      event.preventDefault();
      field.value = Math.max(next, field.dataset.minimum ?? 1);
      tell("input");
      clearTimeout(resting);
      resting = setTimeout(tell, REST_MS, "change");
    });
  }
}
