// The search in the head of every page: organisations and ICBs by name, former name, initials or code; GP practices and
// pharmacies by name, code or postcode district. What it looks through are scripts, since a page that is opened from a
// file may not read JSON; each is loaded when it is needed.
// Without this script the head has a link to the list of organisations.
"use strict";

(() => {
  const home = new URL("..", document.currentScript.src);
  const SMALL = new Set(["and", "of", "the", "for", "with"]);
  const COMMON = new Set(["nhs", "foundation", "trust", "integrated", "care", "board", "icb", ...SMALL]);

  const wordsOf = (text) =>
    plain(text).split(/[^a-z0-9]+/).filter(Boolean).map((word) => (word === "saint" ? "st" : word));

  /** Initials as people say them: UCLH, SLaM. */
  function initialsOf(words) {
    const kept = words.filter((word) => !COMMON.has(word) || SMALL.has(word));
    const first = (list) => list.map((word) => word[0]).join("");
    return [first(kept), first(kept.filter((word) => !SMALL.has(word)))].filter((one) => one.length > 2);
  }

  /** How many letters differ at most, where that is no more than `limit`; swapped neighbours are one. */
  function distance(a, b, limit) {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)];
    for (let row = 1; row <= a.length; row++) {
      const line = [row];
      for (let column = 1; column <= b.length; column++) {
        const same = a[row - 1] === b[column - 1];
        line[column] = Math.min(last[column] + 1, line[column - 1] + 1, last[column - 1] + !same);
        if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
          line[column] = Math.min(line[column], before[column - 2] + 1);
      }
      [before, last] = [last, line];
    }
    return last[b.length];
  }

  /** How well a typed word fits a word of a name: whole, its beginning, nearly. */
  function fit(typed, word, nearly) {
    if (word === typed) return 10;
    if (word.startsWith(typed)) return 6 + typed.length / word.length;
    if (!nearly) return 0;
    const limit = typed.length > 7 ? 2 : typed.length > 3 ? 1 : 0;
    if (!limit || word.length < 4) return 0;
    return Math.max(...[0, 1].map((longer) => {
      const off = distance(typed, word.slice(0, typed.length + longer), limit);
      return off <= limit ? 4 - off : 0;
    }));
  }

  /** One entry for each code: its page, its name of today, and every name that it had. */
  function entriesOf(index) {
    const entries = new Map();
    for (const [code, name, type, isCurrent, closed, page] of index) {
      const entry = entries.get(code) ?? { code, type, closed, page, names: [] };
      const words = wordsOf(name);
      entry.names.push({ name, isCurrent, words, initials: initialsOf(words) });
      if (isCurrent) entry.name = name;
      entries.set(code, entry);
    }
    return [...entries.values()];
  }

  /** One entry for each row of the lists of practices and pharmacies, which are many: only whole words and beginnings fit. */
  const listedOf = (lists) =>
    Object.entries(lists).flatMap(([page, rows]) => rows.map(([code, name, type, district]) => ({
      code, name, type, district, page: `${page}#${code}`, isListed: true,
      names: [{ name, isCurrent: true, words: [...wordsOf(name), district.toLowerCase()], initials: [] }],
    })));

  /** The best entries for what was typed; each typed word must fit a word of one name, or the code. */
  function find(entries, typed, most) {
    const words = wordsOf(typed);
    if (!words.length) return [];
    const found = [];
    for (const entry of entries) {
      const code = entry.code.toLowerCase();
      let best = { score: 0 };
      for (const one of entry.names) {
        const scores = words.map((word) => Math.max(
          code === word ? 30 : word.length > 1 && code.startsWith(word) ? 8 : 0,
          ...one.initials.map((initials) => (word.length > 2 && initials.startsWith(word) ? 9 : 0)),
          ...one.words.map((other) => fit(word, other, !entry.isListed) * (COMMON.has(other) ? 0.3 : 1)),
        ));
        // shorter names first, and those of today; trusts and ICBs before locations and lists, who is open before who has closed
        const later = !one.isCurrent + !!entry.closed + (entry.isListed ? 5 : entry.type.startsWith("Sub") ? 3 : 0);
        const sum = scores.reduce((all, score) => all + score) - one.words.length / 10 - later;
        if (Math.min(...scores) > 0 && sum > best.score) best = { score: sum, entry, former: one.isCurrent ? "" : one.name };
      }
      if (best.entry) found.push(best);
    }
    return found.sort((a, b) => b.score - a.score || plain(a.entry.name).localeCompare(plain(b.entry.name))).slice(0, most);
  }

  const loading = {};
  const loaded = (file, entries) =>
    (loading[file] ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = new URL(file, home);
      script.onload = () => done(entries());
      script.onerror = fail;
      document.head.append(script);
    }));
  const load = () => loaded("search-index.js", () => entriesOf(window.searchIndex));
  const loadLists = () => loaded("search-lists.js", () => listedOf(window.searchLists));

  function addSearch(place) {
    place.innerHTML =
      '<label for="search">Find an organisation or ICB</label>' +
      '<input id="search" type="text" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list" autocomplete="off" spellcheck="false" placeholder="Name or code">' +
      '<ul id="found" role="listbox" aria-label="Found" hidden></ul><output class="unseen"></output>';
    const [, input, list, status] = place.children;
    let at = -1;

    function close() {
      list.hidden = true;
      at = -1;
      input.ariaExpanded = "false";
      input.removeAttribute("aria-activedescendant");
    }

    function choose(step) {
      const options = [...list.children];
      if (!options.length || list.hidden) return;
      at = (at + step + options.length) % options.length;
      options.forEach((option, number) => (option.ariaSelected = String(number === at)));
      input.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    }

    const go = (option) => option && (location.href = option.dataset.href);

    async function show() {
      const asked = input.value;
      const lists = asked.trim().length > 2 ? await loadLists() : [];
      const found = find([...(await load()), ...lists], asked, 8);
      if (asked !== input.value) return; // while the lists were loaded, more was typed
      list.replaceChildren(...found.map(({ entry, former }, number) => {
        const option = document.createElement("li");
        Object.assign(option, { id: `found-${number}`, role: "option", ariaSelected: "false" });
        option.dataset.href = new URL(entry.page, home);
        const facts = [entry.code, entry.type, entry.district, former && `formerly ${former}`, entry.closed && `closed ${entry.closed}`];
        const small = document.createElement("small");
        small.textContent = facts.filter(Boolean).join(" · ");
        option.append(entry.name, small);
        return option;
      }));
      at = -1;
      const typed = input.value.trim();
      list.hidden = !found.length;
      input.ariaExpanded = String(!list.hidden);
      status.className = typed && !found.length ? "none" : "unseen";
      status.textContent = !typed ? "" : found.length ? `${found.length} found` : "Nothing found. Try fewer letters, or a code such as RJ1";
    }

    input.addEventListener("focus", load, { once: true });
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      const keys = { ArrowDown: () => choose(1), ArrowUp: () => choose(-1), Escape: close };
      if (event.key === "Enter") return go(list.children[Math.max(at, 0)]);
      if (!Object.hasOwn(keys, event.key)) return;
      event.preventDefault();
      keys[event.key]();
    });
    input.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the box
    list.addEventListener("click", (event) => go(event.target.closest("li")));
  }

  // A code in the address that has no row here, of an organisation that has closed: to its page.
  async function follow() {
    const code = decodeURIComponent(location.hash.slice(1)).toUpperCase();
    if (!/^[A-Z0-9]{3,6}$/.test(code) || document.getElementById(code) || !document.querySelector("tr[id]")) return;
    const page = (await load()).find((entry) => entry.code === code)?.page;
    if (page) location.replace(new URL(page, home));
  }

  document.querySelectorAll(".search").forEach(addSearch);
  addEventListener("hashchange", follow);
  follow();
})();
