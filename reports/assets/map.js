// Makes the maps of a page explorable: tooltips, layers, zoom and pan by mouse, touch and keyboard.
// The drawing and its links are in the page already (templates/map.html): this script only adds.
(() => {
  "use strict";

  const STEP = 1.5; // one press of a zoom button
  const CLOSEST = 16; // more would only show how far the outlines are generalised
  const MARKERS_FROM = 1.5; // below this zoom trusts are dots: too close together to be picked
  const DRAG_PX = 5; // a shorter move is a click with a shaking hand
  const MOVE_MS = 200;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  /** An HTML element with properties and children. */
  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  /** The part of the drawing on show. It tells `onChange` when it moved and `onRest` at the end. */
  function makeView(drawing, onChange, onRest) {
    const { width, height } = drawing.viewBox.baseVal;
    let view = { x: 0, y: 0, zoom: 1 };
    let frame = 0;

    const unitsPerPx = () => width / view.zoom / drawing.getBoundingClientRect().width;

    function show({ x, y, zoom }) {
      zoom = clamp(zoom, 1, CLOSEST);
      const [w, h] = [width / zoom, height / zoom];
      view = { x: clamp(x, 0, width - w), y: clamp(y, 0, height - h), zoom };
      drawing.setAttribute("viewBox", [view.x, view.y, w, h].map((n) => n.toFixed(1)).join(" "));
      onChange(view.zoom, unitsPerPx());
    }

    /** Goes there at once, or in a glide where the reader has not asked for calm. */
    function go(target, glide = true) {
      cancelAnimationFrame(frame);
      const from = view;
      const start = performance.now();
      const step = (now) => {
        const t = glide && !calm.matches ? clamp((now - start) / MOVE_MS, 0, 1) : 1;
        const mix = (key) => from[key] + (target[key] - from[key]) * t * (2 - t);
        show({ x: mix("x"), y: mix("y"), zoom: mix("zoom") });
        if (t < 1) frame = requestAnimationFrame(step);
        else onRest(view.zoom);
      };
      step(start);
    }

    /** The view in which what is under the client's point `from` comes to lie under `to`. */
    function carried(from, to, zoom) {
      const box = drawing.getBoundingClientRect();
      zoom = clamp(zoom, 1, CLOSEST);
      const along = (start, extent, side, size) => {
        const [a, b] = [(from[side] - box[start]) / box[size], (to[side] - box[start]) / box[size]];
        return view[side] + (extent * a) / view.zoom - (extent * b) / zoom;
      };
      return { x: along("left", width, "x", "width"), y: along("top", height, "y", "height"), zoom };
    }

    const centre = () => {
      const box = drawing.getBoundingClientRect();
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    };
    return {
      zoom: () => view.zoom,
      whole: () => go({ x: 0, y: 0, zoom: 1 }),
      zoomBy: (factor, at = centre(), glide = true) => go(carried(at, at, view.zoom * factor), glide),
      carry: (from, to, factor = 1) => go(carried(from, to, view.zoom * factor), false),
      /** Moves by a part of what is on show. */
      nudge: (x, y) =>
        go({ ...view, x: view.x + (x * width) / view.zoom, y: view.y + (y * height) / view.zoom }),
      /** Brings a shape that lies outside to the middle: a focus that nobody sees is no focus. */
      reveal(shape) {
        const [box, out] = [shape.getBoundingClientRect(), drawing.getBoundingClientRect()];
        const at = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
        const inside = at.x > out.left && at.x < out.right && at.y > out.top && at.y < out.bottom;
        if (!inside) go(carried(at, centre(), view.zoom), false);
      },
      refresh: () => show(view),
    };
  }

  /** The tooltip of one map. `shown()` is the link that it speaks of. */
  function makeTooltip(frame, drawing) {
    const box = make("div", { className: "map-tooltip", hidden: true, ariaHidden: "true" });
    const outlines = [0, 1].map(() => document.createElementNS(drawing.namespaceURI, "path"));
    outlines.forEach((outline) => outline.setAttribute("class", "map-highlight"));
    drawing.querySelector(".map-regions").after(...outlines);
    frame.append(box);
    let shown = null;
    let leaving = 0;

    function hide() {
      clearTimeout(leaving);
      shown?.classList.remove("is-active");
      outlines.forEach((outline) => outline.removeAttribute("d"));
      shown = null;
      box.hidden = true;
    }

    /** Speaks of `link` beside the client's point `at`, or beside the shape itself. */
    function show(link, at, hint = "") {
      hide();
      shown = link;
      link.classList.add("is-active");
      const path = link.querySelector("path");
      if (link.closest(".map-icbs")) outlines.forEach((o) => o.setAttribute("d", path.getAttribute("d")));
      const [name, ...rest] = link.dataset.words.split("\n");
      box.replaceChildren(make("strong", { textContent: name.replace(/:$/, "") }), rest.join("\n"));
      if (hint) box.append(make("small", { textContent: hint }));
      box.hidden = false;
      const [shape, out] = [path.getBoundingClientRect(), frame.getBoundingClientRect()];
      const x = (at ? at.x : shape.left + shape.width / 2) - out.left;
      const [top, bottom] = at ? [at.y - 12, at.y + 20] : [shape.top - 8, shape.bottom + 8];
      const above = top - out.top - box.offsetHeight;
      box.style.left = `${clamp(x - box.offsetWidth / 2, 4, out.width - box.offsetWidth - 4)}px`;
      box.style.top = `${above >= 4 ? above : clamp(bottom - out.top, 4, out.height - box.offsetHeight - 4)}px`;
    }

    // The pointer may rest on the tooltip, to read it at leisure or magnified (WCAG 1.4.13).
    const leave = () => (leaving = setTimeout(hide, 150));
    box.addEventListener("pointerenter", () => clearTimeout(leaving));
    box.addEventListener("pointerleave", leave);
    return { show, hide, leave, shown: () => shown };
  }

  /** Buttons over the map and checkboxes beside it. */
  function addControls(figure, drawing, view) {
    const button = (name, sign, act) => {
      const element = make("button", { type: "button", ariaLabel: name, title: name }, sign);
      element.addEventListener("click", act);
      return element;
    };
    figure.querySelector(".map-frame").append(
      make("div", { className: "map-zoom" },
        button("Zoom in", "+", () => view.zoomBy(STEP)),
        button("Zoom out", "\u2212", () => view.zoomBy(1 / STEP)),
        button("Show the whole map", "\u2922", view.whole)),
    );
    const boxes = [...drawing.querySelectorAll("[data-layer]")].map((layer) => {
      const input = make("input", { type: "checkbox", checked: true });
      input.addEventListener("change", () => layer.classList.toggle("map-off", !input.checked));
      return make("label", {}, input, layer.dataset.layer);
    });
    figure.querySelector(".map-side").append(
      make("fieldset", { className: "map-layers" },
        make("legend", { textContent: "Show on the map" }), ...boxes),
      make("p", { className: "map-hint", textContent:
        "Drag or use the arrow keys to move, + and \u2212 to zoom, 0 for the whole map. " +
        "The wheel zooms with Ctrl, or once the map was clicked." }),
    );
  }

  function explore(figure) {
    const frame = figure.querySelector(".map-frame");
    const drawing = figure.querySelector(".map-drawing");
    const trusts = drawing.querySelector(".map-trusts");
    const links = [...drawing.querySelectorAll("a")];
    const patterns = drawing.querySelectorAll("pattern");
    const status = make("p", { className: "map-status", role: "status" });
    const linkAt = (event) => event.target.closest?.(".map-drawing a");

    function onChange(zoom, unitsPerPx) {
      drawing.classList.toggle("is-zoomed", zoom > 1);
      // Markers and textures keep their size on the screen; markers grow from dots to 24 px.
      drawing.style.setProperty("--marker", (clamp(3 + zoom * 2, 4, 12) / 15) * unitsPerPx);
      patterns.forEach((p) => p.setAttribute("patternTransform", `scale(${unitsPerPx / 10})`));
      const small = zoom < MARKERS_FROM;
      if (!trusts || trusts.classList.contains("is-small") === small) return;
      trusts.classList.toggle("is-small", small);
      trusts.querySelectorAll("a").forEach((link) => (link.tabIndex = small ? -1 : 0));
      trusts.ariaHidden = String(small);
    }
    function onRest(zoom) {
      const more = !trusts ? "" : zoom < MARKERS_FROM ? " Zoom in to pick trusts." : " Trusts can be picked.";
      const text = `Zoom ${zoom.toFixed(1)} times.${more}`;
      if (status.textContent !== text) status.textContent = text;
    }

    // The words move from <title> to the tooltip, else the browser would show them twice.
    links.forEach((link) => {
      const title = link.querySelector("title");
      link.dataset.words = title.textContent.replace(/\n+/g, "\n");
      link.ariaLabel = link.dataset.words.replace(":\n", ": ").replaceAll("\n", ", ");
      title.remove();
    });
    drawing.tabIndex = 0;
    const view = makeView(drawing, onChange, onRest);
    const tooltip = makeTooltip(frame, drawing);
    addControls(figure, drawing, view);
    figure.querySelector(".map-side").append(status);
    new ResizeObserver(view.refresh).observe(drawing);
    onRest(1);

    // Pointers: one drags, two pinch; both carry the point under the fingers along.
    const pointers = new Map();
    let touch = false;
    let travelled = 0;
    const grip = () => {
      const [a, b = a] = pointers.values();
      return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, spread: Math.hypot(a.x - b.x, a.y - b.y) };
    };
    const place = (event) => pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    drawing.addEventListener("pointerdown", (event) => {
      touch = event.pointerType === "touch";
      if (!pointers.size) travelled = 0;
      if (event.button === 0) place(event);
    });
    drawing.addEventListener("pointermove", (event) => {
      if (!pointers.has(event.pointerId)) return;
      const before = grip();
      place(event);
      const after = grip();
      travelled += Math.hypot(after.x - before.x, after.y - before.y) + Math.abs(after.spread - before.spread);
      if (travelled < DRAG_PX) return;
      drawing.setPointerCapture(event.pointerId);
      tooltip.hide();
      view.carry(before, after, before.spread ? after.spread / before.spread : 1);
    });
    for (const type of ["pointerup", "pointercancel"]) {
      window.addEventListener(type, (event) => pointers.delete(event.pointerId));
    }
    drawing.addEventListener("dragstart", (event) => event.preventDefault());
    drawing.addEventListener("wheel", (event) => {
      const zoomsOut = event.deltaY > 0;
      if (!event.ctrlKey && !frame.contains(document.activeElement)) return; // the page scrolls
      if (!event.ctrlKey && zoomsOut && view.zoom() === 1) return;
      event.preventDefault();
      tooltip.hide();
      view.zoomBy(2 ** (-event.deltaY / 300), { x: event.clientX, y: event.clientY }, false);
    }, { passive: false });

    // Tooltips: on hover, on focus from the keyboard, and on the first tap.
    drawing.addEventListener("pointerover", (event) => {
      const link = linkAt(event);
      if (link && event.pointerType !== "touch" && !pointers.size && link !== tooltip.shown()) {
        tooltip.show(link, { x: event.clientX, y: event.clientY });
      }
    });
    drawing.addEventListener("pointerout", (event) => event.pointerType !== "touch" && tooltip.leave());
    drawing.addEventListener("focusin", (event) => {
      const link = linkAt(event);
      if (!link?.matches(":focus-visible")) return;
      view.reveal(link.querySelector("path"));
      tooltip.show(link);
    });
    drawing.addEventListener("focusout", tooltip.hide);
    drawing.addEventListener("click", (event) => {
      const link = linkAt(event);
      if (event.detail && travelled >= DRAG_PX) event.preventDefault();
      else if (link && touch && event.detail && link !== tooltip.shown()) {
        event.preventDefault();
        tooltip.show(link, { x: event.clientX, y: event.clientY }, "Tap again to open");
      } else if (!link) tooltip.hide();
    });

    const keys = {
      "+": () => view.zoomBy(STEP), "=": () => view.zoomBy(STEP), "-": () => view.zoomBy(1 / STEP),
      0: view.whole, Escape: tooltip.hide,
      ArrowLeft: () => view.nudge(-0.2, 0), ArrowRight: () => view.nudge(0.2, 0),
      ArrowUp: () => view.nudge(0, -0.2), ArrowDown: () => view.nudge(0, 0.2),
    };
    frame.addEventListener("keydown", (event) => {
      if (!Object.hasOwn(keys, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.startsWith("Arrow") && view.zoom() === 1) return; // nothing to move: the page scrolls
      if (event.key !== "Escape") event.preventDefault();
      keys[event.key]();
    });
    // Escape takes a hovered tooltip away wherever the focus is.
    document.addEventListener("keydown", (event) => event.key === "Escape" && tooltip.hide());
  }

  document.querySelectorAll("figure.map").forEach(explore);
})();
