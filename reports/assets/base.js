// What the scripts of a page share.
"use strict";

// A text as a reader may type it: no matter the letter case, accents, and the kind of apostrophe.
const plain = (text) => text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f'’‘ʼ`´]/g, "");
