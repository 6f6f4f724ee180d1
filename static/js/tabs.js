// Brings the tab of this page into sight where a phone shows only some of them.

export function enhance(nav) {
  const here = nav.querySelector("[aria-current]");
  if (!here) return;
  const box = nav.getBoundingClientRect();
  const tab = here.getBoundingClientRect();
  nav.scrollLeft += tab.left - box.left - (box.width - tab.width) / 2;
}
