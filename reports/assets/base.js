// What the scripts of a page share.
"use strict";

// A text as a reader may type it: no matter the letter case, accents, and the kind of apostrophe.
const plain = (text) => text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f'’‘ʼ`´]/g, "");

// What is in a cell of a table: its number or date as it is in the data, not rounded, else its text.
const valueOf = (cell) => ("sort" in cell.dataset ? cell.dataset.sort : cell.textContent.trim());
