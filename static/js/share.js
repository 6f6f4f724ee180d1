// Opens the phone's own list of ways to share. The button comes with "hidden": without this file
// it stays away.

export function enhance(button) {
  if (!navigator.share) return;
  button.hidden = false;
  const { title, url } = button.dataset;
  // A list that is closed again is no fault.
  button.addEventListener("click", () => navigator.share({ title, url }).catch(() => {}));
}
