// Opens photos large within the page: a tap comes nearer and goes back, dragging looks around, two
// fingers do as everywhere. Without this file each photo leads to its largest file.

export function enhance(gallery) {
  const links = [...gallery.querySelectorAll("a")];
  const dialog = gallery.parentNode.querySelector("dialog");
  const room = dialog.querySelector("div");
  const near = dialog.querySelector("[aria-pressed]");
  const photo = room.appendChild(new Image());
  let shown = 0;

  function come(isNear, x = 0.5, y = 0.5) {
    room.classList.toggle("is-near", isNear);
    near.ariaPressed = isNear;
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = room;
    room.scrollTo(x * scrollWidth - clientWidth / 2, y * scrollHeight - clientHeight / 2);
  }

  function show(place) {
    shown = (place + links.length) % links.length;
    const small = links[shown].querySelector("img");
    const large = new Image();
    come(false);
    // What is there already, until the large one has come.
    photo.src = small.currentSrc;
    photo.alt = small.alt;
    large.src = links[shown].href;
    const asked = shown; // who went on meanwhile looks at another, of the same name maybe
    large.decode().then(() => asked === shown && (photo.src = large.src), () => {});
    dialog.querySelector("[role=status]").textContent =
      links.length > 1 ? `${small.alt} (${shown + 1}/${links.length})` : small.alt;
  }

  links.forEach((link, place) =>
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(place);
      dialog.showModal();
    }),
  );
  room.addEventListener("click", (event) => {
    const { left, top, width, height } = photo.getBoundingClientRect();
    const isNear = !room.classList.contains("is-near");
    come(isNear, (event.clientX - left) / width, (event.clientY - top) / height);
  });
  dialog.addEventListener("keydown", ({ key }) => {
    if (room.classList.contains("is-near") || links.length < 2) return;
    if (key === "ArrowLeft") show(shown - 1);
    if (key === "ArrowRight") show(shown + 1);
  });
  for (const button of dialog.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      if (button === near) come(near.ariaPressed !== "true");
      else if (button.value) show(shown + Number(button.value));
      else dialog.close();
    });
  }
}
