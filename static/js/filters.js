// Filters at once on wide screens, keeps empty fields out of the address.
// Without it "Tampilkan" does it, as it does on phones, where several ticks come first.
import { swap } from "./swap.js";

const wide = matchMedia("(min-width: 60rem)");
let shown = location.pathname + location.search;

function take({ pathname, search }, isNew) {
  const address = pathname + search;
  if (address === shown) return;
  shown = address;
  swap(address).then(
    (came) => came && isNew && history.pushState(null, "", address),
    () => location.assign(address),
  );
}

addEventListener("popstate", () => take(location, false));

export function enhance(form) {
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
  });
  form.addEventListener("change", () => wide.matches && form.requestSubmit());
  form.addEventListener("submit", (event) => {
    if (!wide.matches) return;
    event.preventDefault();
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form));
    take(address, true);
  });
}
