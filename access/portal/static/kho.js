// What scripts add to the portal: a viewer that zooms into a page, and copying a citation. All reading works without.
"use strict";

class Viewer {
  constructor(dialog) {
    this.dialog = dialog;
    this.stage = dialog.querySelector(".stage");
    this.slug = dialog.dataset.slug;
    this.pages = Number(dialog.dataset.pages);
    this.side = Number(dialog.dataset.tile);
    this.fine = dialog.dataset.fine.split(" ").map(Number);
    this.parts = new Map();
    this.fingers = new Map();
    dialog.addEventListener("click", (event) => this.press(event));
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("close", () => this.back?.focus());
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.stage.addEventListener("pointerdown", (event) => this.down(event));
    this.stage.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      this.stage.addEventListener(name, (event) => this.fingers.delete(event.pointerId));
    }
    window.addEventListener("resize", () => dialog.open && this.fit());
  }

  open(link) {
    this.back = link;
    this.dialog.showModal();
    this.turn(Number(link.dataset.page));
    this.stage.focus();
  }

  turn(page) {
    if (page < 1 || page > this.pages) return;
    this.page = page;
    this.parts.clear();
    this.paper = document.createElement("div");
    this.paper.className = "paper";
    const image = new Image();
    image.alt = "";
    image.addEventListener("load", () => this.sized(image));
    image.src = `/trang/${this.slug}/${page}.jpg?width=900`;
    this.paper.append(image);
    const marks = document.querySelector(`a.sheet[data-page="${page}"] .marks`);
    if (marks) this.paper.append(marks.cloneNode(true));
    this.stage.replaceChildren(this.paper);
    if (image.complete) this.sized(image);
  }

  sized(image) {
    if (!image.naturalWidth || this.paper !== image.parentElement) return;
    this.wide = 900;
    this.high = (900 * image.naturalHeight) / image.naturalWidth;
    this.paper.style.width = `${this.wide}px`;
    this.paper.style.height = `${this.high}px`;
    this.fit();
  }

  fit() {
    if (!this.wide) return;
    const room = this.stage.getBoundingClientRect();
    this.least = Math.min(room.width / this.wide, room.height / this.high);
    this.scale = this.least;
    this.x = (room.width - this.wide * this.scale) / 2;
    this.y = (room.height - this.high * this.scale) / 2;
    this.draw();
  }

  zoom(by, x, y) {
    const room = this.stage.getBoundingClientRect();
    const [across, down] = [x ?? room.width / 2, y ?? room.height / 2];
    const scale = Math.min(8, Math.max(this.least / 2, this.scale * by));
    this.x = across - ((across - this.x) * scale) / this.scale;
    this.y = down - ((down - this.y) * scale) / this.scale;
    this.scale = scale;
    this.draw();
  }

  shift(x, y) {
    this.x += x;
    this.y += y;
    this.draw();
  }

  draw() {
    this.paper.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    const said = this.dialog.dataset.said;
    const values = { page: this.page, pages: this.pages, zoom: Math.round((100 * this.scale) / this.least) };
    this.dialog.querySelector(".at").textContent = said.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.refine(), 120);
  }

  // Parts of the finer drawing that are in sight, where the usual picture is too coarse.
  refine() {
    const pixels = this.wide * this.scale * Math.min(2, window.devicePixelRatio || 1);
    if (pixels <= 1100) return;
    const width = this.fine.find((each) => each >= pixels) ?? this.fine.at(-1);
    const room = this.stage.getBoundingClientRect();
    const size = (this.side * this.wide) / width;
    const first = (place) => Math.max(0, Math.floor(-place / this.scale / size));
    const last = (place, length, whole) =>
      Math.min(Math.ceil(whole / size) - 1, Math.floor((length - place) / this.scale / size));
    for (let down = first(this.y); down <= last(this.y, room.height, this.high); down++) {
      for (let across = first(this.x); across <= last(this.x, room.width, this.wide); across++) {
        this.part(width, across, down, size);
      }
    }
  }

  part(width, across, down, size) {
    const name = `${width}/${across}_${down}`;
    if (this.parts.has(name)) return;
    const image = new Image();
    this.parts.set(name, image);
    image.alt = "";
    image.className = "part";
    image.addEventListener("load", () => {
      image.style.left = `${across * size}px`;
      image.style.top = `${down * size}px`;
      image.style.width = `${(image.naturalWidth * this.wide) / width}px`;
      image.style.height = `${(image.naturalHeight * this.wide) / width}px`;
    });
    image.src = `/manh/${this.slug}/${this.page}/${name}.jpg`;
    const marks = this.paper.querySelector("svg");
    this.paper.insertBefore(image, marks);
  }

  press(event) {
    const button = event.target.closest("button[data-do]");
    if (button) this.act(button.dataset.do);
  }

  act(what) {
    const acts = {
      previous: () => this.turn(this.page - 1),
      next: () => this.turn(this.page + 1),
      in: () => this.zoom(1.4),
      out: () => this.zoom(1 / 1.4),
      fit: () => this.fit(),
      close: () => this.dialog.close(),
    };
    acts[what]();
  }

  key(event) {
    const keys = { "+": "in", "=": "in", "-": "out", 0: "fit", PageUp: "previous", PageDown: "next" };
    const moves = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (keys[event.key]) this.act(keys[event.key]);
    else if (moves[event.key]) this.shift(...moves[event.key]);
    else return;
    event.preventDefault();
  }

  wheel(event) {
    event.preventDefault();
    const room = this.stage.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 400), event.clientX - room.left, event.clientY - room.top);
  }

  down(event) {
    this.stage.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, event);
  }

  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const others = [...this.fingers.values()].filter((each) => each.pointerId !== event.pointerId);
    if (others.length === 1) {
      const span = (one) => Math.hypot(one.clientX - others[0].clientX, one.clientY - others[0].clientY);
      const room = this.stage.getBoundingClientRect();
      const middle = [(event.clientX + others[0].clientX) / 2, (event.clientY + others[0].clientY) / 2];
      if (span(before)) this.zoom(span(event) / span(before), middle[0] - room.left, middle[1] - room.top);
    } else if (!others.length) {
      this.shift(event.clientX - before.clientX, event.clientY - before.clientY);
    }
    this.fingers.set(event.pointerId, event);
  }
}

const dialog = document.querySelector("dialog.zoom");
if (dialog?.showModal) {
  const viewer = new Viewer(dialog);
  for (const link of document.querySelectorAll("a.sheet")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      viewer.open(link);
    });
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  });
}
