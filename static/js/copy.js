// Copies a number or an address. The button comes with "hidden": without this file it stays away.
import { say } from "./say.js";

export function enhance(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button.dataset.copied);
  });
}
