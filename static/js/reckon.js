// Reckons the cart again when a count changes; without it "Hitung ulang" does it.
import { swap } from "./swap.js";

export function enhance(form) {
  form.addEventListener("change", () => {
    const body = new URLSearchParams(new FormData(form));
    body.append("hitung", "1");
    // A fault is the page's to explain: the first button of the form only reckons.
    swap(form.action, { method: "POST", body }).catch(() => form.requestSubmit());
  });
}
