// Remembers on this phone which goods were looked at, and shows them; the shop never learns it.
// Without this file the part stays hidden.

const KEY = "lumbung-dilihat";
const MOST = 7;

function load() {
  try {
    // Anything may lie there: an older release wrote it, or a curious hand.
    return [].concat(JSON.parse(localStorage.getItem(KEY))).filter((one) => one?.slug && one.names);
  } catch {
    return [];
  }
}

function save(seen) {
  try {
    localStorage.setItem(KEY, JSON.stringify(seen));
  } catch {
    // Private windows keep nothing.
  }
}

export function enhance(part) {
  const { slug, names, picture, root } = part.dataset;
  const seen = load().filter((one) => one.slug !== slug);
  if (slug) save([{ slug, names: JSON.parse(names), picture }, ...seen].slice(0, MOST));
  const list = part.querySelector("ul");
  const pattern = part.querySelector("template");
  const lang = document.documentElement.lang;
  for (const one of seen.slice(0, MOST - 1)) {
    const row = pattern.content.cloneNode(true);
    const name = one.names[lang] || one.names.id;
    row.querySelector("a").href = root + one.slug;
    row.querySelector("span").textContent = name;
    if (!one.names[lang]) row.querySelector("span").lang = "id";
    const photo = row.querySelector("img");
    if (one.picture) photo.src = one.picture;
    else photo.remove();
    list.append(row);
  }
  part.hidden = !list.children.length;
  part.querySelector("button").addEventListener("click", () => {
    save([]);
    part.hidden = true;
  });
}
