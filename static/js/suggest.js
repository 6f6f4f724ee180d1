// Goods and categories while one is typing. Without it the form searches, as it does anyway.

const REST_MS = 150;

export function enhance(form) {
  const field = form.querySelector("input");
  const box = document.createElement("div");
  let resting;
  box.className = "saran";
  box.hidden = true;
  form.append(box);

  const links = () => [...box.querySelectorAll("a")];
  const isHere = () => form.contains(document.activeElement);

  function show(html) {
    box.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.children);
    box.hidden = !links().length;
  }

  async function ask() {
    const typed = field.value.trim();
    if (typed.length < 2) return show("");
    const answer = await fetch(`${form.dataset.suggest}?bagian=1&q=${encodeURIComponent(typed)}`);
    if (answer.ok && field.value.trim() === typed && isHere()) show(await answer.text());
  }

  field.addEventListener("input", () => {
    clearTimeout(resting);
    resting = setTimeout(() => ask().catch(() => show("")), REST_MS);
  });
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && !box.hidden) {
      show("");
      field.focus();
    } else if (step && !box.hidden) {
      const all = [field, ...links()];
      all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
    } else return;
    event.preventDefault();
  });
  form.addEventListener("focusout", ({ relatedTarget }) => form.contains(relatedTarget) || show(""));
}
