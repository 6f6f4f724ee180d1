// Brings the parts of a page together with the modules that their markup names.
// Everything here is a comfort: without it each form is posted and each link followed.

const met = new WeakSet();

export function wire(root) {
  for (const part of root.querySelectorAll("[data-enhance]")) {
    if (met.has(part)) continue;
    met.add(part);
    for (const name of part.dataset.enhance.split(" ")) {
      // A module that does not arrive leaves the part as it was: usable.
      import(`./${name}.js`).then((module) => module.enhance(part), () => {});
    }
  }
}

wire(document);
