// Puts goods into the cart and stays; without it the same form leads back to this page.
import { say } from "./say.js";

export function enhance(form) {
  let isPlain = false;
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    // "Beli" goes on to the checkout.
    if (isPlain || button?.name === "lalu") return;
    event.preventDefault();
    const sent = new URLSearchParams(new FormData(form));
    if (button?.name) sent.append(button.name, button.value);
    form.ariaBusy = "true";
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: sent,
        headers: { Accept: "application/json" },
        // Who goes on to the next page at once has put it in all the same.
        keepalive: true,
      });
      const told = await answer.json();
      say(told.said, { link: told.link, scheme: answer.ok ? "ok" : "err" });
      if (answer.ok) count(told.count);
    } catch {
      // The page that the form leads to can say what is wrong.
      isPlain = true;
      form.requestSubmit(button);
      isPlain = false;
    }
    form.ariaBusy = null;
  });
}

function count(packs) {
  for (const place of document.querySelectorAll("[data-cart-count]")) {
    place.firstElementChild.textContent = packs;
    place.hidden = false;
  }
}
