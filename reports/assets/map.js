// Makes the maps of a page explorable: tooltips, layers, zoom and pan by mouse, touch and keyboard.
// The drawing and its links are in the page already (templates/map.html): this script only adds.
(() => {
  "use strict";

  const STEP = 1.5; // one press of a zoom button
  const CLOSEST = 16; // more would only show how far the outlines are generalised
  const MARKERS_FROM = 1.5; // below this zoom trusts are dots: too close together to be picked
  const DRAG_PX = 5; // a shorter move is a click with a shaking hand
  const MOVE_MS = 200;
  const LEAVE_MS = 150; // time to reach the tooltip with the pointer
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  const shapeOf = (link) => link.querySelector("path, use"); // of an area, of a trust

  /** An HTML element with properties and children. */
  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  /** The part of the drawing on show. It calls `onChange` as it moves and `onRest` at the end. */
  function makeView(drawing, onChange, onRest) {
    const { width, height } = drawing.viewBox.baseVal;
    const bounds = () => drawing.getBoundingClientRect();
    const middle = (box) => ({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
    let view = { x: 0, y: 0, zoom: 1 };
    let frame = 0;

    function show({ x, y, zoom }) {
      const [w, h] = [width / zoom, height / zoom];
      view = { x: clamp(x, 0, width - w), y: clamp(y, 0, height - h), zoom };
      drawing.setAttribute("viewBox", [view.x, view.y, w, h].map((n) => n.toFixed(1)).join(" "));
      onChange(zoom, w / bounds().width);
    }

    /** Goes there at once, or in a glide where the reader has not asked for calm. */
    function go(target, glide = true) {
      cancelAnimationFrame(frame);
      const [from, start] = [view, performance.now()];
      const step = (now) => {
        const t = glide && !calm.matches ? clamp((now - start) / MOVE_MS, 0, 1) : 1;
        const mix = (key) => from[key] + (target[key] - from[key]) * t * (2 - t);
        show({ x: mix("x"), y: mix("y"), zoom: mix("zoom") });
        if (t < 1) frame = requestAnimationFrame(step);
        else onRest(view.zoom);
      };
      step(start);
    }

    /** The view in which what lies under the client's point `from` comes to lie under `to`. */
    function zoomedAbout(from, to, factor) {
      const box = bounds();
      const zoom = clamp(view.zoom * factor, 1, CLOSEST);
      const part = (at) => ({ x: (at.x - box.left) / box.width, y: (at.y - box.top) / box.height });
      const [a, b] = [part(from), part(to)];
      const x = view.x + width * (a.x / view.zoom - b.x / zoom);
      return { x, y: view.y + height * (a.y / view.zoom - b.y / zoom), zoom };
    }

    return {
      zoom: () => view.zoom,
      refresh: () => show(view),
      whole: () => go({ x: 0, y: 0, zoom: 1 }),
      zoomBy: (factor, at = middle(bounds()), glide = true) => go(zoomedAbout(at, at, factor), glide),
      drag: (from, to, factor) => go(zoomedAbout(from, to, factor), false),
      /** Moves by a part of what is on show. */
      nudge: (x, y) =>
        go({ ...view, x: view.x + (x * width) / view.zoom, y: view.y + (y * height) / view.zoom }),
      /** Brings a shape that lies outside to the middle: a focus that nobody sees is no focus. */
      reveal(shape) {
        const [at, out] = [middle(shape.getBoundingClientRect()), bounds()];
        const inside = at.x > out.left && at.x < out.right && at.y > out.top && at.y < out.bottom;
        if (!inside) go(zoomedAbout(at, middle(out), 1), false);
      },
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
      shown = null;
      outlines.forEach((outline) => outline.setAttribute("d", ""));
      box.hidden = true;
    }

    /** Speaks of `link` beside the client's point `at`, or beside the shape itself. */
    function show(link, at, hint = "") {
      hide();
      shown = link;
      link.classList.add("is-active");
      const shape = shapeOf(link);
      const line = shape.getAttribute("d") ?? "";
      outlines.forEach((outline) => outline.setAttribute("d", line));
      const [name, ...rest] = link.dataset.words.split("\n");
      box.replaceChildren(make("strong", { textContent: name.replace(/:$/, "") }), rest.join("\n"));
      if (hint) box.append(make("small", { textContent: hint }));
      box.hidden = false;
      // Above the pointer or the shape; below where there is no room; never outside the map.
      const [out, w, h] = [frame.getBoundingClientRect(), box.offsetWidth, box.offsetHeight];
      const { left, right, top, bottom } = at
        ? { left: at.x, right: at.x, top: at.y - 4, bottom: at.y + 12 }
        : shape.getBoundingClientRect();
      const [above, below] = [top - 8 - h - out.top, bottom + 8 - out.top];
      box.style.left = `${clamp((left + right - w) / 2 - out.left, 4, out.width - w - 4)}px`;
      box.style.top = `${above >= 4 ? above : clamp(below, 4, out.height - h - 4)}px`;
    }

    // The pointer may rest on the tooltip, to read it at leisure or magnified (WCAG 1.4.13).
    const stay = () => clearTimeout(leaving);
    const leave = () => (leaving = setTimeout(hide, LEAVE_MS));
    box.addEventListener("pointerenter", stay);
    box.addEventListener("pointerleave", leave);
    return { show, hide, stay, leave, shown: () => shown };
  }

  /** Buttons over the map and checkboxes beside it. */
  function addControls(figure, drawing, view) {
    const button = (name, sign, onclick) =>
      make("button", { type: "button", ariaLabel: name, title: name, onclick }, sign);
    figure.querySelector(".map-frame").append(
      make("div", { className: "map-zoom" },
        button("Zoom in", "+", () => view.zoomBy(STEP)),
        button("Zoom out", "\u2212", () => view.zoomBy(1 / STEP)),
        button("Show the whole map", "\u2922", () => view.whole())));
    const boxes = [...drawing.querySelectorAll("[data-layer]")].map((layer) => {
      const onchange = () => layer.classList.toggle("map-off", !input.checked);
      const input = make("input", { type: "checkbox", checked: true, onchange });
      return make("label", {}, input, layer.dataset.layer);
    });
    figure.querySelector(".map-side").append(
      make("fieldset", { className: "map-layers" },
        make("legend", { textContent: "Show on the map" }), ...boxes),
      make("p", { className: "map-hint", textContent:
        "Drag or use the arrow keys to move, + and \u2212 to zoom, 0 for the whole map. " +
        "To zoom with the wheel, hold Ctrl or click the map first." }));
  }

  function explore(figure) {
    const frame = figure.querySelector(".map-frame");
    const drawing = figure.querySelector(".map-drawing");
    const trusts = drawing.querySelector(".map-trusts");
    const { width } = drawing.viewBox.baseVal;
    const patterns = drawing.querySelectorAll("pattern");
    const status = make("p", { className: "map-status", role: "status" });
    const linkAt = (event) => event.target.closest(".map-drawing a");
    const focused = () => drawing.querySelector("a:focus-visible"); // from the keyboard, no tap
    const pointOf = (event) => ({ x: event.clientX, y: event.clientY });

    // The words move from <title> to the tooltip, else the browser would show them twice.
    drawing.querySelectorAll("a").forEach((link) => {
      const title = link.querySelector("title");
      link.dataset.words = title.textContent;
      link.ariaLabel = link.dataset.words.replace(":\n", ": ").replaceAll("\n", ", ");
      title.remove();
    });
    drawing.tabIndex = 0;
    const tooltip = makeTooltip(frame, drawing);
    const view = makeView(drawing, onChange, onRest);
    addControls(figure, drawing, view);
    figure.querySelector(".map-side").append(status);
    new ResizeObserver(view.refresh).observe(drawing);
    onRest(1);

    function onChange(zoom, unitsPerPx) {
      tooltip.hide();
      drawing.classList.toggle("is-zoomed", zoom > 1);
      // Textures keep their size on the screen; markers grow from dots to targets of 24 px.
      patterns.forEach((p) => p.setAttribute("patternTransform", `scale(${unitsPerPx / 10})`));
      const px = Math.min(clamp(3 + 2 * zoom, 5, 12), (zoom * width) / unitsPerPx / 128); // smaller on a phone
      drawing.style.setProperty("--marker", (px / 15) * unitsPerPx);
      drawing.style.setProperty("--aside", 1 / zoom);
      const small = zoom < MARKERS_FROM;
      if (trusts && trusts.classList.contains("is-small") !== small) {
        trusts.classList.toggle("is-small", small);
        trusts.querySelectorAll("a").forEach((link) => (link.tabIndex = small ? -1 : 0));
        trusts.ariaHidden = String(small);
      }
      if (focused()) tooltip.show(focused());
    }

    function onRest(zoom) {
      const picking = zoom < MARKERS_FROM ? "Zoom in to select trusts." : "You can select trusts.";
      status.textContent = `Zoom: ${zoom.toFixed(1)} times. ${trusts ? picking : ""}`;
    }

    // Pointers: one drags, two pinch; both carry the point under the fingers along.
    const pointers = new Map();
    let [touch, travelled] = [false, 0];
    const between = (a, b = a) =>
      ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, spread: Math.hypot(a.x - b.x, a.y - b.y) });
    const grip = () => between(...pointers.values());
    const letGo = (event) => pointers.delete(event.pointerId);
    window.addEventListener("pointerup", letGo);
    window.addEventListener("pointercancel", letGo);
    drawing.addEventListener("dragstart", (event) => event.preventDefault());
    drawing.addEventListener("pointerdown", (event) => {
      touch = event.pointerType === "touch";
      if (!pointers.size) travelled = 0;
      if (event.button === 0) pointers.set(event.pointerId, pointOf(event));
    });
    drawing.addEventListener("pointermove", (event) => {
      if (!event.buttons) letGo(event); // the button came up outside the window
      if (!pointers.has(event.pointerId)) return;
      const before = grip();
      pointers.set(event.pointerId, pointOf(event));
      const after = grip();
      travelled += Math.hypot(after.x - before.x, after.y - before.y, after.spread - before.spread);
      if (travelled < DRAG_PX) return;
      drawing.setPointerCapture(event.pointerId);
      view.drag(before, after, before.spread ? after.spread / before.spread : 1);
    });
    drawing.addEventListener("wheel", (event) => {
      const ours = event.ctrlKey || frame.contains(document.activeElement);
      if (!ours || (view.zoom() === 1 && event.deltaY > 0)) return; // the page scrolls
      event.preventDefault();
      view.zoomBy(2 ** (-event.deltaY / 300), pointOf(event), false);
    }, { passive: false });

    // Tooltips: on hover, on focus from the keyboard, and on the first tap.
    drawing.addEventListener("pointerover", (event) => {
      const link = linkAt(event);
      if (!link || event.pointerType === "touch" || pointers.size) return;
      link === tooltip.shown() ? tooltip.stay() : tooltip.show(link, pointOf(event));
    });
    drawing.addEventListener("pointerout", (e) => e.pointerType === "touch" || tooltip.leave());
    drawing.addEventListener("focusin", () => {
      if (!focused()) return;
      view.reveal(shapeOf(focused()));
      tooltip.show(focused());
    });
    drawing.addEventListener("focusout", tooltip.hide);
    drawing.addEventListener("click", (event) => {
      const link = linkAt(event);
      if (!event.detail) return; // Enter: the link is followed
      if (travelled >= DRAG_PX) return event.preventDefault();
      if (!touch || link === tooltip.shown()) return;
      if (!link) return tooltip.hide();
      event.preventDefault();
      tooltip.show(link, pointOf(event), "Tap again to open");
    });

    const keys = {
      "+": () => view.zoomBy(STEP), "=": () => view.zoomBy(STEP), "-": () => view.zoomBy(1 / STEP),
      0: view.whole,
      ArrowLeft: () => view.nudge(-0.2, 0), ArrowRight: () => view.nudge(0.2, 0),
      ArrowUp: () => view.nudge(0, -0.2), ArrowDown: () => view.nudge(0, 0.2),
    };
    frame.addEventListener("keydown", (event) => {
      if (!Object.hasOwn(keys, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.startsWith("Arrow") && view.zoom() === 1) return; // the page scrolls
      event.preventDefault();
      keys[event.key]();
    });
    document.addEventListener("keydown", (event) => event.key === "Escape" && tooltip.hide());
  }

  document.querySelectorAll("figure.map").forEach(explore);
})();
