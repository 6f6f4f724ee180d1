// Reckons the cart again when a count changes; without it "Hitung ulang" does it.
import { outdate, swap } from "./swap.js";

export function enhance(form) {
  let isOwed = false;

  function send() {
    isOwed = false;
    const body = new URLSearchParams(new FormData(form));
    body.append("hitung", "1");
    // A fault is the page's to explain: the first button of the form only reckons.
    swap(form.action, { method: "POST", body }).catch(() => form.requestSubmit());
  }

  // An answer to an earlier count must not take this one away.
  form.addEventListener("input", () => {
    isOwed = true;
    outdate();
  });
  form.addEventListener("change", send);
  form.addEventListener("focusout", () => isOwed && send());
}
