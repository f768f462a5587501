// Tables that can be sorted by a click on a heading and, where they ask for it, filtered by a word.
// Without this script they are plain tables in their own order, and complete.
"use strict";

const compare = new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" }).compare;

// What a cell sorts by: its number or date where it has one, else its text.
function keyOf(row, column) {
  const cell = row.cells[column];
  return "sort" in cell.dataset ? cell.dataset.sort : cell.textContent.trim();
}

function sortBy(table, heading, column) {
  const direction = heading.ariaSort === "ascending" ? "descending" : "ascending";
  for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
  heading.ariaSort = direction;
  const sign = direction === "ascending" ? 1 : -1;
  const isNumeric = heading.classList.contains("n");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [keyOf(row, column), row]);
  rows.sort(([a], [b]) => {
    if (a === "" || b === "") return (a === "") - (b === ""); // what has no value comes last, either way
    return sign * (isNumeric ? a - b : compare(a, b));
  });
  body.append(...rows.map(([, row]) => row));
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, heading, column));
    heading.append(button);
  });
}

function makeSearchable(table, number) {
  const box = document.createElement("div");
  box.className = "filter";
  box.setAttribute("role", "search");
  box.setAttribute("aria-label", table.caption.textContent);
  box.innerHTML = `<label for="filter-${number}">Find a row</label><input id="filter-${number}" type="search" autocomplete="off"><output></output>`;
  const [, input, output] = box.children;
  const rows = [...table.tBodies[0].rows].map((row) => [row, row.textContent.toLowerCase()]);
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [row, text] of rows) row.hidden = !words.every((word) => text.includes(word));
    output.textContent = `${rows.filter(([row]) => !row.hidden).length} of ${rows.length} rows`;
  };
  input.addEventListener("input", filter);
  filter();
  table.closest(".scroll").before(box);
}

document.querySelectorAll("table.data").forEach((table, number) => {
  if (table.tBodies[0].rows.length > 1) makeSortable(table);
  if ("search" in table.dataset) makeSearchable(table, number);
});
