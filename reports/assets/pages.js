// What single pages add: two ICBs side by side, a code that is filled in.
// Without this script the tables have every figure.
"use strict";

const asked = new URLSearchParams(location.search);

// The code that a link to the page of errors carries.
document.querySelectorAll("[data-about]").forEach((about) => {
  about.hidden = !/^\w{3,5}$/.test(asked.get("code") ?? "");
  about.querySelector("strong").textContent = asked.get("code");
});

// Two ICBs side by side, from the tables of the page.
function compareIn(place) {
  const tables = [...document.querySelectorAll("table.data")];
  const codeOf = (row) => row.cells[0].querySelector("a").href.match(/(\w+)\.html$/)[1];
  const names = new Map([...tables[0].tBodies[0].rows].map((row) => [codeOf(row), row.cells[0].textContent]));

  // By how much the values of two cells differ: taken from what is not rounded, then rounded half up as all figures are.
  function difference(a, b) {
    const [x, y] = [a, b].map((cell) => Number(valueOf(cell) || NaN));
    if (Number.isNaN(x + y)) return "–";
    const [, decimals = "", percent] = a.textContent.match(/(?:\.(\d+))?(%)?$/);
    const [shown, unit] = percent ? [100, " points"] : [1, ""];
    const steps = Math.floor(Math.abs(x - y) * shown * 10 ** decimals.length + 0.5 + 1e-7);
    return `${steps && x < y ? "−" : ""}${(steps / 10 ** decimals.length).toFixed(decimals.length)}${unit}`;
  }

  function cells(kind, texts) {
    return texts.map((text, at) => {
      const cell = document.createElement(at && kind === "td" ? "td" : "th");
      if (cell.tagName === "TH") cell.scope = kind === "td" ? "row" : "col";
      cell.textContent = text;
      return cell;
    });
  }

  const result = document.createElement("table");
  const boxes = ["a", "b"].map((key, at) => {
    const label = document.createElement("label");
    const box = document.createElement("select");
    box.append(...[...names].map(([code, name]) => new Option(name, code)));
    box.value = asked.get(key)?.toUpperCase();
    if (!box.value) box.selectedIndex = at;
    box.addEventListener("change", show);
    label.append(at ? "with " : "Compare ", box);
    place.append(label);
    return box;
  });

  function show() {
    const codes = boxes.map((box) => box.value);
    const [a, b] = codes.map((code) => names.get(code));
    const body = document.createElement("tbody");
    for (const table of tables) {
      const rows = codes.map((code) => [...table.tBodies[0].rows].find((row) => codeOf(row) === code));
      [...table.tHead.rows[0].cells].slice(1).forEach((heading, column) => {
        const [x, y] = rows.map((row) => row?.cells[column + 1] ?? document.createElement("td"));
        const words = [x, y].map((cell) => cell.textContent || "–");
        const same = words.includes("–") ? "–" : words[0] === words[1] ? "the same" : "different";
        const by = heading.classList.contains("n") ? difference(x, y) : same;
        body.insertRow().append(...cells("td", [heading.textContent, ...words, by]));
      });
    }
    result.replaceChildren(result.createCaption(), result.createTHead(), body);
    result.caption.textContent = `${a} and ${b}`;
    result.tHead.insertRow().append(...cells("th", ["Figure", a, b, "Difference"]));
    history.replaceState(null, "", `?a=${codes[0]}&b=${codes[1]}${location.hash}`);
  }

  const frame = document.createElement("div");
  frame.className = "scroll";
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", "The two ICBs side by side");
  frame.append(result);
  place.append(frame);
  show();
}
document.querySelectorAll("[data-compare]").forEach(compareIn);
