// Remembers on this phone which goods were looked at, and shows them; the shop never learns it.
// Without this file, or where nothing may be kept, the part stays hidden.

const KEY = "lumbung-dilihat";
const SHOWN = 6;

function load() {
  try {
    // Anything may lie there: an older release wrote it, or a curious hand.
    return [].concat(JSON.parse(localStorage[KEY])).filter((one) => one?.slug && one.names);
  } catch {
    return [];
  }
}

function save(seen) {
  try {
    localStorage[KEY] = JSON.stringify(seen);
  } catch {}
}

export function enhance(part) {
  const { slug, names, picture, root } = part.dataset;
  const { lang } = document.documentElement;
  const seen = load()
    .filter((one) => one.slug !== slug)
    .slice(0, SHOWN);
  if (slug) save([{ slug, names: JSON.parse(names), picture }, ...seen]);
  for (const one of seen) {
    const row = part.querySelector("template").content.cloneNode(true);
    const [link, photo, name] = row.querySelectorAll("a, img, span");
    link.href = root + one.slug;
    name.textContent = one.names[lang] || one.names.id;
    name.lang = one.names[lang] ? lang : "id";
    if (one.picture) photo.src = one.picture;
    else photo.remove();
    part.querySelector("ul").append(row);
  }
  part.hidden = !seen.length;
  part.querySelector("button").addEventListener("click", () => {
    save([]);
    part.hidden = true;
  });
}
