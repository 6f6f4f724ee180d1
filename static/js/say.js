// Says what happened, without moving anybody: a line at the foot of the screen, read out politely.

const STAYS_MS = 8000;
const place = document.createElement("div");
place.setAttribute("role", "status");
// In the page before it speaks: readers only notice changes of what they have met.
document.body.append(place);
let leaving;

function leave() {
  if (place.matches(":hover, :focus-within")) leaving = setTimeout(leave, STAYS_MS);
  else place.replaceChildren();
}

// Seen and heard. link: [words, address].
export function say(words, { link, scheme = "ok" } = {}) {
  const line = document.createElement("p");
  const text = line.appendChild(document.createElement("span"));
  line.className = `note note--${scheme}`;
  text.append(words);
  if (link) {
    const way = document.createElement("a");
    [way.textContent, way.href] = link;
    text.append(" ", way);
  }
  place.className = "said no-paper";
  place.replaceChildren(line);
  clearTimeout(leaving);
  leaving = setTimeout(leave, STAYS_MS);
}

// Heard only: for what the eye sees anyway.
export function whisper(words) {
  clearTimeout(leaving);
  place.className = "vh";
  place.textContent = words ?? "";
}
