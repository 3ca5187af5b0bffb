// An addition: the list works whole without it. One box ticks all of the page, and the bar counts.
"use strict";
(() => {
  const list = document.getElementById("list");
  if (!list) return;
  const boxes = [...list.querySelectorAll('input[name="id"]')];
  const number = document.getElementById("ticked-number");
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", list.dataset.all);
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    number.textContent = String(ticked);
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  list.addEventListener("change", count);
  list.querySelector("thead td").append(all);
  window.addEventListener("pageshow", count); // a browser may bring ticks back with the page
  count();
})();
