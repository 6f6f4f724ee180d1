// Lets photos be dragged into another order; without it "Naik" and "Turun" do it.

export function enhance(list) {
  const rows = [...list.children];
  let held;
  const mark = (at) => rows.forEach((row) => row.classList.toggle("photo--over", row === at));
  for (const row of rows) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      // Firefox drags only what carries something.
      event.dataTransfer.setData("text/plain", "");
      held = row;
    });
    row.addEventListener("dragover", (event) => {
      if (!held || held === row) return;
      event.preventDefault();
      mark(row);
    });
    row.addEventListener("dragend", () => mark((held = undefined)));
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!held || held === row) return;
      const form = held.querySelector("form");
      form.elements.ke.value = rows.indexOf(row);
      form.requestSubmit(form.querySelector("[value=pindah]"));
    });
  }
}
